"""The jobs that faults are put into, what they begin with, and what has to hold after a fault."""

import contextlib, hashlib, json, os, re, shutil, subprocess, sys, tempfile, threading, time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DEMO = f"{ROOT}/fixtures/demo"
# How many calls of each kind are struck; 0: all.
MOST = int(os.environ.get("LIUDI_FAULTS", "40"))
ENVIRONMENT = {**os.environ, "SOURCE_DATE_EPOCH": "1764000000", "LIUDI_ZIP_PASSWORD": "liudi-demo", "LIUDI_LANG": "en"}
BAGS = ["public", "private"]
TELLS = re.compile(r"/provenance/|/readiness/|manifest-sha256|SHA256SUMS|bag-info|/tables/|(README|COMMITTING)\.txt$")

# The lock in the hidden folder for half-written packs may stay, if it cannot be removed, or come back after a power cut: the
# packs are whole without that. The next run removes it, as is judged by itself.
LEFT = re.compile(r"(^|/)\.[^/]+-packing/\.lock$")


def died(done):
    return done.returncode < 0 or done.returncode in (101, 134, 139)


class Sums:
    """Faults and what went wrong after them; what could not be tried is named and never counted."""

    def __init__(self):
        self.bad, self.faults, self.passed_over = [], {}, []

    def fault(self, part):
        self.faults[part] = self.faults.get(part, 0) + 1

    def wrong(self, line):
        self.bad.append(line)
        print(f"BAD {line}", flush=True)

    def ended(self, where, done):
        """However a run ends, it neither panics nor is ended by the system."""
        if died(done):
            self.wrong(f"{where}: panics or dies ({done.returncode}) {done.stderr[-300:]!r}")

    def pass_over(self, line):
        self.passed_over.append(line)
        print(f"passed over: {line}", flush=True)

    def end(self):
        for line in self.bad:
            print(f"BAD {line}")
        for line in self.passed_over:
            print(f"passed over: {line}")
        print(" ".join(f"{part}={count}" for part, count in self.faults.items()), f"faults={sum(self.faults.values())} bad={len(self.bad)}")
        return 1 if self.bad else 0


def program():
    if given := os.environ.get("LIUDI_PROGRAM"):
        return os.path.abspath(given)
    subprocess.run(["cargo", "build", "--release", "--quiet"], check=True, cwd=ROOT)
    told = subprocess.run(["cargo", "metadata", "--format-version", "1", "--no-deps"], check=True, cwd=ROOT, capture_output=True)
    return json.loads(told.stdout)["target_directory"] + "/release/liudi"


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def tree(folder):
    """Digests of all files but those of working states, by path."""
    told = {}
    for at, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name != ".liudi"]
        told |= {os.path.relpath(f"{at}/{name}", folder): sha256(f"{at}/{name}") for name in files}
    return told


def differing(one, two):
    return sorted(path for path in one.keys() | two.keys() if one.get(path) != two.get(path))


def is_whole(archive):
    """Judges an archive by its lists alone, without liudi: no note of unfinished work, every file listed and as listed."""
    if not os.path.isfile(f"{archive}/SHA256SUMS") or os.path.exists(f"{archive}/COMMITTING.txt"):
        return False
    lists = {f"{archive}/SHA256SUMS": archive}
    for bag in BAGS:
        lists |= {f"{archive}/{bag}/{name}": f"{archive}/{bag}" for name in ["manifest-sha256.txt", "tagmanifest-sha256.txt"]}
    named = set()
    for file, below in lists.items():
        if not os.path.isfile(file):
            return False
        for line in open(file, encoding="utf-8"):
            digest, path = re.match(r"(\S+)\s+(.*)", line.rstrip("\r\n")).groups()
            path = f"{below}/{path}"
            if not os.path.isfile(path) or sha256(path) != digest:
                return False
            named.add(path)
    found = {f"{at}/{name}" for bag in BAGS for at, _, files in os.walk(f"{archive}/{bag}/data") for name in files}
    return found <= named


class Job:
    """A command that is run in `at`, after what it begins with was put there from `start`."""

    def __init__(self, name, liudi, work, command, begin):
        self.name, self.liudi, self.start, self.at = name, liudi, f"{work}/start-{name}", f"{work}/at"
        # Paths that are damaged at the beginning; what the program is run by; files that tell of the runs.
        self.command, self.damaged, self.prefix, self.tells = command, set(), [], TELLS
        self.reset(fresh=True)
        begin(self)
        shutil.move(self.at, self.start)
        self.reset()
        self.before = tree(self.at)
        self.code = self.run().returncode
        self.after = tree(self.at)
        self.reset()

    def reset(self, fresh=False):
        shutil.rmtree(self.at, ignore_errors=True)
        if fresh:
            os.makedirs(self.at)
        else:
            # With times: an input that looks as it did is not read again.
            subprocess.run(["cp", "-a", self.start, self.at], check=True)

    def run(self, *before, command=None, **options):
        options = {"capture_output": True, "env": ENVIRONMENT, "timeout": 600} | options
        return subprocess.run([*self.prefix, *before, self.liudi, *(command or self.command)], cwd=self.at, **options)

    def does(self, *command):
        """Runs a command that prepares a job, which has to end well."""
        done = self.run(command=command)
        if done.returncode:
            sys.exit(f"{self.name}: {command} gives {done.returncode}: {(done.stdout + done.stderr).decode()[-800:]}")

    def archives(self):
        return [name for name in ["archive", "copy"] if os.path.isdir(f"{self.at}/{name}")]

    def after_fault(self):
        """Yields what is wrong before anything is run again: half done and called whole, or good bytes overwritten."""
        now = tree(self.at)
        for name in self.archives():
            whole = is_whole(f"{self.at}/{name}")
            verified = self.run(command=["verify", name, "--json"])
            # What a commit has still to move is said, and read as if it were moved.
            if verified.returncode == 0 and not whole and not json.loads(verified.stdout)["pending"]:
                yield f"verify takes {name} for whole"
            if name == "copy" and not whole and os.path.exists(f"{self.at}/copy/SHA256SUMS") and not os.path.exists(f"{self.at}/copy/COMMITTING.txt"):
                yield "a copy that is not whole looks like one"
        for path, digest in now.items():
            if path.startswith("packs/") and "/." not in path and digest != self.after.get(path):
                yield f"half a pack has its name: {path}"
        for path, digest in self.before.items():
            # What was good before is there, or what the job makes of it.
            is_kept = "/data/" in path and not self.tells.search(path) and path not in self.damaged
            if is_kept and now.get(path) not in (digest, self.after.get(path)):
                yield f"good bytes are gone: {path}"

    def after_rerun(self, strict=True):
        """Yields what is wrong after the command was run again without faults."""
        again = self.run()
        if again.returncode != self.code:
            yield f"run again it gives {again.returncode}: {(again.stdout + again.stderr).decode()[-300:]!r}"
            return
        if wrong := differing(self.after, tree(self.at)) if strict else self.lost():
            yield f"{len(wrong)} files differ after it was run again: {wrong[:3]}"
        for name in self.archives():
            if not is_whole(f"{self.at}/{name}") or self.run(command=["verify", name]).returncode:
                yield f"{name} is not whole after it was run again"

    def lost(self):
        """Files that are not as the job makes them, but for those that tell of the runs: one of them met a fault."""
        differs = differing(self.after, tree(self.at))
        return [path for path in differs if not self.tells.search(path) and (path in self.after or not LEFT.search(path))]


def damage(job):
    """Damages an archive in the ways that a repair knows: gone, cut short, changed; a payload file, a page, a list."""
    files = sorted(tree(f"{job.at}/archive"))
    for number, path in enumerate(path for path in files if "/data/" in path or path.startswith("public/manifest")):
        if number % 5 and not path.startswith("public/manifest"):
            continue
        job.damaged.add(f"archive/{path}")
        path = f"{job.at}/archive/{path}"
        size = os.path.getsize(path)
        if number % 3 == 0:
            os.remove(path)
        elif number % 3 == 1:
            os.truncate(path, size // 2)
        else:
            with open(path, "r+b") as file:
                file.seek(size // 2)
                byte = file.read(1)
                file.seek(size // 2)
                file.write(bytes([(byte or b"\0")[0] ^ 1]))


def jobs(liudi, work, strike, inputs=DEMO):
    """Makes the jobs by name. `strike(job, at, action)` runs the job's command with a fault and returns the number of calls."""
    backup = lambda source: ["backup", source, "-o", "archive", "--jobs", "1", "--no-mirror", "--quiet"]
    copy, repair, pack = ["copy", "archive", "copy", "--quiet"], ["repair", "archive", "--from", "copy", "--quiet"], ["pack", "archive", "-o", "packs", "--quiet"]
    archive = lambda job: job.does(*backup(inputs))

    def broken_off(job):
        """Kills the command half way, where it leaves the note of unfinished work."""
        subprocess.run(["cp", "-a", job.at, f"{job.at}-count"], check=True)
        count = strike(job, 0, "kill")
        shutil.rmtree(job.at)
        shutil.move(f"{job.at}-count", job.at)
        for part in [0.5, 0.6, 0.7, 0.8, 0.9]:
            subprocess.run(["cp", "-a", job.at, f"{job.at}-again"], check=True)
            strike(job, int(count * part), "kill")
            if any(os.path.exists(f"{job.at}/{name}/COMMITTING.txt") for name in ["archive", "copy"]):
                shutil.rmtree(f"{job.at}-again")
                return
            shutil.rmtree(job.at)
            shutil.move(f"{job.at}-again", job.at)
        sys.exit(f"{job.name}: nowhere is it half done")

    def later(job):
        job.does(*backup(f"{inputs}/pages"))

    def later_copy(job):
        later(job)
        job.does(*copy)
        archive(job)
        broken_off(job)

    def mends(job):
        archive(job)
        job.does(*copy)
        damage(job)

    begins = {
        "backup": (backup(inputs), lambda job: None),
        "later-backup": (backup(inputs), later),
        "resumed-backup": (backup(inputs), broken_off),
        "copy": (copy, archive),
        "resumed-copy": (copy, later_copy),
        "repair": (repair, mends),
        "pack": (pack, archive),
    }
    wanted = os.environ.get("LIUDI_FAULT_JOBS", ",".join(begins)).split(",")
    return [Job(name, liudi, work, *begins[name]) for name in wanted]


@contextlib.contextmanager
def meanwhile(does):
    """Does something again and again while liudi runs."""
    ends = threading.Event()

    def again():
        while not ends.is_set():
            does()
            time.sleep(0.002)

    thread = threading.Thread(target=again)
    thread.start()
    try:
        yield
    finally:
        ends.set()
        thread.join()


class Work:
    """A folder that is gone at the end."""

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="liudi-faults-")
        return self.folder

    def __exit__(self, *_):
        shutil.rmtree(self.folder, ignore_errors=True)
