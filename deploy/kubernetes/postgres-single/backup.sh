#!/bin/bash
# One backup into $BACKUP_FOLDER; the newest $BACKUPS_KEPT stay. Where to dump from: PGHOST, PGUSER and the like.
set -euo pipefail
: "${BACKUP_FOLDER:?name the folder}" "${BACKUPS_KEPT:?say how many are kept}"
[[ $BACKUPS_KEPT =~ ^[1-9][0-9]{0,3}$ ]] || { echo "BACKUPS_KEPT=$BACKUPS_KEPT is not valid: it takes 1 to 9999" >&2; exit 2; }

name="trespasser-$(date -u +%Y%m%dT%H%M%SZ).dump"
part="$BACKUP_FOLDER/.$name.part"
trap 'rm -f "$part"' EXIT
pg_dump --format=custom --compress=6 --no-owner --no-privileges --file="$part"
# A dump that cannot be read is none: its table of contents must name data of the tables.
pg_restore --list "$part" | grep -q 'TABLE DATA' || { echo "the dump has no table's data" >&2; exit 1; }
mv "$part" "$BACKUP_FOLDER/$name"

# Old ones go only after a new one stands. Names sort by time.
find "$BACKUP_FOLDER" -maxdepth 1 -name 'trespasser-*.dump' -printf '%f\n' | sort -r | tail -n "+$((BACKUPS_KEPT + 1))" |
  while read -r old; do rm -- "$BACKUP_FOLDER/$old"; done
echo "$BACKUP_FOLDER/$name"
