"""Redis with the cluster's configuration, and backup and restore with a real PostgreSQL."""

import glob
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest

import kustomize
import manifests
from manifests import ROOT

SCRIPTS = ROOT / "kubernetes/postgres-single"


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def until(condition, what, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not within {seconds} s")
        time.sleep(0.05)


class Redis(unittest.TestCase):
    """As in kubernetes/base/redis, but for port, addresses and folders."""

    password = "a password with 'quotes' in it"

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        self.port = free_port()
        objects = kustomize.render(ROOT / "kubernetes/base")
        text = manifests.find(objects, "ConfigMap", "redis")["data"]["redis.conf"]
        for before, after in (("port 6379", f"port {self.port}"), ("bind * -::*", "bind 127.0.0.1"), ("dir /data", f"dir {self.folder}")):
            self.assertEqual(text.count(before), 1, before)
            text = text.replace(before, after)
        (self.folder / "redis.conf").write_text(text)
        [container] = manifests.pod_template(manifests.find(objects, "StatefulSet", "redis"))["spec"]["containers"]
        self.line = container["args"][0]
        self.assertEqual(self.line.count("/etc/redis/redis.conf"), 1)
        self.line = self.line.replace("/etc/redis/redis.conf", str(self.folder / "redis.conf"))
        self.probe = container["readinessProbe"]["exec"]["command"]
        self.start()

    def start(self):
        environment = {**os.environ, "REDIS_PASSWORD": self.password}
        redis = subprocess.Popen(["/bin/sh", "-c", self.line], env=environment, stdout=subprocess.DEVNULL, start_new_session=True)
        self.redis = redis
        self.addCleanup(lambda: (self.kill(redis), redis.wait()))
        until(lambda: self.cli("ping") == "PONG", "Redis answers")

    @staticmethod
    def kill(redis):
        try:
            os.killpg(redis.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass

    def cli(self, *words, password=None):
        environment = {**os.environ, "REDISCLI_AUTH": self.password if password is None else password}
        run = subprocess.run(["redis-cli", "-p", str(self.port), *words], capture_output=True, text=True, env=environment)
        return run.stdout.strip()

    def test_who_does_not_know_the_password_gets_nothing(self):
        self.assertIn("NOAUTH", self.cli("get", "x", password=""))
        self.assertEqual(self.cli("set", "x", "1"), "OK")
        processes = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True).stdout
        self.assertNotIn(self.password, processes)

    def test_nothing_is_dropped_and_nothing_can_be_emptied(self):
        self.assertEqual(self.cli("config", "get", "maxmemory-policy").split("\n")[1], "noeviction")
        self.assertEqual(self.cli("config", "get", "appendonly").split("\n")[1], "yes")
        for command in ("flushall", "flushdb", "debug"):
            self.assertIn("unknown command", self.cli(command))

    def test_the_probe_can_tell(self):
        command = [word.replace("redis-cli", f"redis-cli -p {self.port}") for word in self.probe]
        ask = lambda: subprocess.run(command, env={**os.environ, "REDIS_PASSWORD": self.password}).returncode
        self.assertEqual(ask(), 0)
        self.kill(self.redis)
        self.redis.wait()
        self.assertNotEqual(ask(), 0)

    def test_what_was_written_is_there_after_a_crash(self):
        self.assertEqual(self.cli("set", "ticket", "1"), "OK")
        # The log goes to disk once a second; killed, the process loses nothing that the system has been handed.
        self.kill(self.redis)
        self.redis.wait()
        self.start()
        self.assertEqual(self.cli("get", "ticket"), "1")


class Backup(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))
        if not found:
            raise AssertionError("PostgreSQL is missing (Debian: apt-get install postgresql)")
        cls.bin = os.path.dirname(found[-1])
        # PostgreSQL refuses to run as root.
        cls.who = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}
        cls.folder = pathlib.Path(tempfile.mkdtemp())
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.scripts = cls.folder / "scripts"
        shutil.copytree(SCRIPTS, cls.scripts)
        cls.folder.chmod(0o755)
        data = cls.folder / "postgres"
        data.mkdir()
        if cls.who:
            shutil.chown(data, "postgres", "postgres")
        cls.environment = {
            "PATH": f"{cls.bin}:{os.environ['PATH']}", "PGHOST": str(data), "PGPORT": "5432", "PGUSER": "trespasser", "PGDATABASE": "trespasser",
            "LC_ALL": "C.UTF-8",
        }
        cls.run_as("initdb", "--pgdata", data / "pgdata", "--username", "trespasser", "--auth", "trust", "--no-sync")
        cls.run_as("pg_ctl", "--pgdata", data / "pgdata", "--wait", "--log", data / "log", "--options", f"-k {data} -h '' -F", "start")
        cls.addClassCleanup(cls.run_as, "pg_ctl", "--pgdata", data / "pgdata", "--mode", "immediate", "stop")

    @classmethod
    def run_as(cls, *command, check=True, **more):
        environment = {**cls.environment, **more}
        run = subprocess.run([str(word) for word in command], env=environment, cwd="/", capture_output=True, text=True, **cls.who)
        if check and run.returncode != 0:
            raise AssertionError(f"{command}: {run.stdout}{run.stderr}")
        return run

    def sql(self, text, database="trespasser"):
        return self.run_as("psql", "-XAtc", text, PGDATABASE=database).stdout.strip()

    def setUp(self):
        self.backups = self.folder / f"backups-{self._testMethodName}"
        self.backups.mkdir()
        if self.who:
            shutil.chown(self.backups, "postgres", "postgres")
        self.run_as("dropdb", "--if-exists", "--force", "trespasser")
        self.run_as("createdb", "trespasser")
        self.sql("create table results (id bigint primary key, result jsonb); create index on results ((result->>'winner'))")
        self.sql("""insert into results select n, '{"winner": "blue"}' from generate_series(1, 5000) n""")

    def backup(self, kept="48", check=True, **more):
        return self.run_as("bash", self.scripts / "backup.sh", check=check, BACKUP_FOLDER=self.backups, BACKUPS_KEPT=kept, **more)

    def database(self, name):
        self.run_as("createdb", name)
        self.addCleanup(self.run_as, "dropdb", "--force", name)
        return name

    def restore(self, file, database, check=True):
        return self.run_as("bash", self.scripts / "restore.sh", file, check=check, PGDATABASE=database)

    def test_what_is_backed_up_can_be_restored(self):
        file = self.backup().stdout.strip()
        self.sql("drop table results")
        database = self.database("restored")
        self.restore(file, database)
        self.assertEqual(self.sql("select count(*), sum(id), max(result->>'winner') from results", database), "5000|12502500|blue")
        self.assertEqual(self.sql("select count(*) from pg_indexes where tablename = 'results'", database), "2")

    def test_the_servers_own_tables_come_back_as_they_were(self):
        migrations = sorted((ROOT.parent / "server/migrations").glob("*.sql"))
        self.assertGreater(len(migrations), 0)
        for path in migrations:
            self.sql(path.read_text().split("-- Down Migration")[0])
        self.sql("""insert into players (id, kind, name, created_at, seen_at) values (9007199254740993, 'guest', 'Zoë', now(), now())""")
        self.sql("""insert into sanctions (id, player_id, kind, reason, issued_by, starts_at)
            values (gen_random_uuid(), 9007199254740993, 'ban', 'aim', 'test', now())""")
        database = self.database("whole")
        self.restore(self.backup().stdout.strip(), database)
        text = lambda name: [
            # Newer dumps open and close with a random word of their own.
            line for line in self.run_as("pg_dump", "--no-owner", "--no-privileges", name).stdout.splitlines() if not line.startswith("\\")
        ]
        self.assertEqual(text(database), text("trespasser"))
        self.assertIn("9007199254740993", "".join(text(database)))

    def test_old_backups_go_and_other_files_stay(self):
        for hour in range(5):
            (self.backups / f"trespasser-20200101T0{hour}1700Z.dump").write_text("old")
        (self.backups / "notes.txt").write_text("mine")
        file = self.backup(kept="3").stdout.strip()
        self.assertEqual(sorted(os.listdir(self.backups)), [
            "notes.txt", "trespasser-20200101T031700Z.dump", "trespasser-20200101T041700Z.dump", os.path.basename(file),
        ])

    def test_a_backup_that_fails_leaves_nothing_and_takes_nothing_away(self):
        (self.backups / "trespasser-20200101T001700Z.dump").write_text("old")
        for wrong in ({"PGDATABASE": "nowhere"}, {"kept": "0"}, {"kept": "many"}):
            self.assertNotEqual(self.backup(**{"kept": "1", **wrong}, check=False).returncode, 0, wrong)
        self.sql("drop table results")
        run = self.backup(kept="1", check=False)
        self.assertEqual(run.returncode, 1)
        self.assertIn("no table's data", run.stderr)
        self.assertEqual(os.listdir(self.backups), ["trespasser-20200101T001700Z.dump"])

    def test_a_restore_is_whole_or_not_at_all(self):
        file = pathlib.Path(self.backup().stdout.strip())
        run = self.restore(file, "trespasser", check=False)
        self.assertEqual(run.returncode, 2)
        self.assertIn("restore into an empty one", run.stderr)
        damaged = self.backups / "damaged.dump"
        damaged.write_bytes(file.read_bytes()[: file.stat().st_size - 2000])
        os.chmod(damaged, 0o644)
        database = self.database("half")
        self.assertNotEqual(self.restore(damaged, database, check=False).returncode, 0)
        self.assertEqual(self.sql("select count(*) from pg_tables where schemaname = 'public'", database), "0")
        self.assertEqual(self.restore(self.backups / "none.dump", database, check=False).returncode, 2)


if __name__ == "__main__":
    unittest.main()
