-- Up Migration

-- Times are timestamptz. Ids of players are random numbers of 63 bits, the matchmaker's own width: among ten million
-- players the chance that two ever had the same is five in a million. Ids of matches name files and objects too, so they
-- are short text.

CREATE TABLE seasons (
  id smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE CHECK (char_length(name) BETWEEN 1 AND 64),
  starts_at timestamptz NOT NULL,
  ends_at timestamptz,
  CHECK (ends_at > starts_at),
  -- One season at a time.
  EXCLUDE USING gist (tstzrange(starts_at, ends_at) WITH &&)
);
INSERT INTO seasons (name, starts_at) VALUES ('1', '2000-01-01T00:00:00Z');

CREATE TABLE players (
  id bigint PRIMARY KEY CHECK (id > 0),
  kind text NOT NULL CHECK (kind IN ('guest', 'external')),
  name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 24),
  external_issuer text CHECK (char_length(external_issuer) BETWEEN 1 AND 255),
  external_subject text CHECK (char_length(external_subject) BETWEEN 1 AND 255),
  created_at timestamptz NOT NULL,
  seen_at timestamptz NOT NULL,
  CHECK ((kind = 'external') = (external_issuer IS NOT NULL)),
  CHECK ((external_issuer IS NULL) = (external_subject IS NULL)),
  UNIQUE (external_issuer, external_subject)
);
CREATE INDEX players_created ON players (created_at);

CREATE TABLE matches (
  id text PRIMARY KEY CHECK (id ~ '^[A-Za-z0-9_-]{1,64}$'),
  season smallint NOT NULL REFERENCES seasons,
  mode text NOT NULL CHECK (char_length(mode) BETWEEN 1 AND 64),
  map text NOT NULL CHECK (char_length(map) BETWEEN 1 AND 64),
  region text NOT NULL CHECK (char_length(region) BETWEEN 1 AND 64),
  server_id text NOT NULL CHECK (char_length(server_id) BETWEEN 1 AND 64),
  state text NOT NULL CHECK (state IN ('finished', 'lost')),
  rated boolean NOT NULL CHECK (state = 'finished' OR NOT rated),
  started_at timestamptz NOT NULL,
  -- Of a lost match: when it was noticed.
  ended_at timestamptz NOT NULL CHECK (ended_at >= started_at),
  recorded_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX matches_ended ON matches (ended_at);

CREATE TABLE participants (
  match_id text NOT NULL REFERENCES matches ON DELETE CASCADE,
  player_id bigint NOT NULL REFERENCES players ON DELETE CASCADE,
  team smallint NOT NULL CHECK (team BETWEEN 0 AND 7),
  place smallint NOT NULL CHECK (place BETWEEN 1 AND 8),
  kills integer NOT NULL CHECK (kills >= 0),
  deaths integer NOT NULL CHECK (deaths >= 0),
  has_left boolean NOT NULL,
  -- From asking for a match to its start; null: came another way.
  waited_ms integer CHECK (waited_ms >= 0),
  -- As in matches: a player's history is then one walk of an index.
  ended_at timestamptz NOT NULL,
  -- Null: not rated.
  value_before double precision,
  deviation_before double precision,
  value_after double precision,
  deviation_after double precision,
  points_change double precision,
  PRIMARY KEY (match_id, player_id),
  CHECK (num_nulls(value_before, deviation_before, value_after, deviation_after, points_change) IN (0, 5))
);
CREATE INDEX participants_history ON participants (player_id, ended_at DESC, match_id DESC);

CREATE TABLE ratings (
  player_id bigint NOT NULL REFERENCES players ON DELETE CASCADE,
  mode text NOT NULL CHECK (char_length(mode) BETWEEN 1 AND 64),
  season smallint NOT NULL REFERENCES seasons,
  -- Points, as the engine's RatingSystem counts them; these are its limits.
  mean double precision NOT NULL CHECK (mean BETWEEN -10000 AND 10000),
  uncertainty double precision NOT NULL CHECK (uncertainty BETWEEN 0 AND 10000),
  -- RatingSystem.points of the two: what boards are ordered by.
  points double precision NOT NULL CHECK (points BETWEEN -40000 AND 10000),
  games integer NOT NULL CHECK (games > 0),
  -- End of the last match: uncertainty grows from there.
  played_at timestamptz NOT NULL,
  PRIMARY KEY (player_id, mode, season)
);
-- A page of a leaderboard is one walk of this index; only the names come from elsewhere.
CREATE INDEX ratings_leaderboard ON ratings (mode, season, points DESC, player_id DESC)
  INCLUDE (mean, uncertainty, games);

CREATE TABLE replays (
  match_id text PRIMARY KEY REFERENCES matches ON DELETE CASCADE,
  store text NOT NULL CHECK (store IN ('directory', 's3')),
  key text NOT NULL CHECK (char_length(key) BETWEEN 1 AND 512),
  bytes bigint NOT NULL CHECK (bytes > 0),
  sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
  created_at timestamptz NOT NULL
);
CREATE INDEX replays_created ON replays (created_at);

CREATE TABLE evidence (
  -- No reference: evidence is written while the match goes on, and stays where the match is lost.
  match_id text NOT NULL CHECK (match_id ~ '^[A-Za-z0-9_-]{1,64}$'),
  -- Number within the match, given by the game server: written twice, it stays one row.
  seq integer NOT NULL CHECK (seq >= 0),
  player_id bigint NOT NULL REFERENCES players ON DELETE CASCADE,
  tick bigint NOT NULL CHECK (tick >= 0),
  kind text NOT NULL CHECK (char_length(kind) BETWEEN 1 AND 32),
  value double precision NOT NULL,
  limit_value double precision NOT NULL,
  grade real NOT NULL CHECK (grade > 0 AND grade <= 1),
  found_at timestamptz NOT NULL,
  PRIMARY KEY (match_id, seq)
);
CREATE INDEX evidence_player ON evidence (player_id, found_at DESC);

CREATE TABLE sanctions (
  id uuid PRIMARY KEY,
  player_id bigint NOT NULL REFERENCES players ON DELETE CASCADE,
  kind text NOT NULL CHECK (kind IN ('warning', 'mute', 'suspension', 'ban')),
  reason text NOT NULL CHECK (char_length(reason) BETWEEN 1 AND 500),
  issued_by text NOT NULL CHECK (char_length(issued_by) BETWEEN 1 AND 64),
  match_id text CHECK (match_id ~ '^[A-Za-z0-9_-]{1,64}$'),
  starts_at timestamptz NOT NULL,
  -- Null: for ever.
  ends_at timestamptz CHECK (ends_at > starts_at),
  lifted_at timestamptz,
  lifted_by text CHECK (char_length(lifted_by) BETWEEN 1 AND 64),
  CHECK ((lifted_at IS NULL) = (lifted_by IS NULL))
);
CREATE INDEX sanctions_active ON sanctions (player_id) WHERE lifted_at IS NULL;

-- Down Migration

DROP TABLE sanctions, evidence, replays, ratings, participants, matches, players, seasons;
