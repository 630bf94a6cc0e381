#!/bin/bash
# Restores one backup into an empty database: restore.sh FILE. All of it or nothing. Where to: PGHOST, PGDATABASE and the like.
set -euo pipefail
file=${1:?name the backup, for example /backups/trespasser-20300101T001700Z.dump}
[[ -r $file ]] || { echo "$file cannot be read" >&2; exit 2; }
tables=$(psql --no-psqlrc --tuples-only --no-align --command="select count(*) from pg_tables where schemaname = 'public'")
[[ $tables == 0 ]] || { echo "the database has $tables tables already: restore into an empty one, then switch DATABASE_URL over" >&2; exit 2; }
pg_restore --dbname="${PGDATABASE:?name the database}" --no-owner --no-privileges --single-transaction --exit-on-error "$file"
psql --no-psqlrc --command='analyze'
