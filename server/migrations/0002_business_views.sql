-- Up Migration

-- Views for dashboards. Each looks back so far and no further, along an index, so that a panel costs the same next year.

-- Of the players who came on a day, how many played in the 24 hours that began seven days after they came. Only days for
-- which those hours are over.
CREATE VIEW retention_day7 AS
SELECT day, count(*)::int AS players, count(*) FILTER (WHERE has_returned)::int AS returned,
  (count(*) FILTER (WHERE has_returned))::float8 / count(*) AS share
FROM (
  SELECT (p.created_at AT TIME ZONE 'UTC')::date AS day, EXISTS (
    SELECT FROM participants a
    WHERE a.player_id = p.id AND a.ended_at >= p.created_at + interval '7 days' AND a.ended_at < p.created_at + interval '8 days'
  ) AS has_returned
  FROM players p
  WHERE p.created_at >= date_trunc('day', now() - interval '98 days', 'UTC') AND p.created_at < date_trunc('day', now() - interval '8 days', 'UTC')
) AS cohorts
GROUP BY day;

-- From asking for a match to its start, by hour; those who came another way do not count.
CREATE VIEW match_start_times AS
SELECT date_trunc('hour', m.started_at) AS hour, m.region, m.mode, count(*)::int AS players,
  percentile_cont(0.5) WITHIN GROUP (ORDER BY p.waited_ms) / 1000 AS median_s,
  percentile_cont(0.9) WITHIN GROUP (ORDER BY p.waited_ms) / 1000 AS p90_s,
  (count(*) FILTER (WHERE p.waited_ms <= 30000))::float8 / count(*) AS share_within_30_s
FROM matches m JOIN participants p ON p.match_id = m.id
WHERE m.ended_at >= now() - interval '30 days' AND p.waited_ms IS NOT NULL
GROUP BY 1, 2, 3;

-- What was played on a day. Dollars of the day divided by mean_players are what a concurrent player costs.
CREATE VIEW daily_play AS
SELECT (m.ended_at AT TIME ZONE 'UTC')::date AS day, m.region,
  count(DISTINCT m.id) FILTER (WHERE m.state = 'finished')::int AS matches,
  count(DISTINCT m.id) FILTER (WHERE m.state = 'lost')::int AS lost_matches,
  count(DISTINCT p.player_id)::int AS players,
  coalesce(sum(extract(epoch FROM m.ended_at - m.started_at)) FILTER (WHERE p.player_id IS NOT NULL), 0)::float8 / 3600 AS player_hours,
  coalesce(sum(extract(epoch FROM m.ended_at - m.started_at)) FILTER (WHERE p.player_id IS NOT NULL), 0)::float8 / 86400 AS mean_players
FROM matches m LEFT JOIN participants p ON p.match_id = m.id
WHERE m.ended_at >= date_trunc('day', now() - interval '90 days', 'UTC')
GROUP BY 1, 2;

-- Down Migration

DROP VIEW daily_play, match_start_times, retention_day7;
