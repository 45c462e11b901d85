"""What the benchmarks share: figures, programs of the build, processes that end with the bench."""

import atexit
import json
import os
import subprocess
import sys
import time
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, "build", "release")
HERE = os.path.join(ROOT, "tests", "bench")
CLIENTS = 16  # at once, for everything that is asked over connections


class Failed(Exception):
    """A benchmark that could not be run, or in which something failed that must not."""


def say(text):
    print("[%s] %s" % (time.strftime("%H:%M:%S"), text), file=sys.stderr, flush=True)


def figure(figure_name, value, unit, baseline=None, baseline_is="", target="", met=None, **detail):
    """One row of the table. `ratio` is value to baseline."""
    ratio = value / baseline if baseline else None
    return {"name": figure_name, "value": value, "unit": unit, "baseline": baseline, "baseline_is": baseline_is, "ratio": ratio,
            "target": target, "met": met, "detail": detail}


def program(name):
    for directory in ("tests/bench", "services/acd", "services/ticket", "services/telephony", "services/telephony/media", "services/telephony/sip"):
        path = os.path.join(BUILD, directory, name)
        if os.path.exists(path):
            return path
    raise Failed("%s is not built" % name)


def run_json(command, seconds, check=True, **options):
    """Runs a program that prints one JSON line, and returns it."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=seconds, check=False, **options)
    lines = [line for line in done.stdout.decode().splitlines() if line.startswith("{")]
    if (check and done.returncode != 0) or not lines:
        raise Failed("%s: %s %s" % (os.path.basename(command[0]), "".join(lines)[:2000], done.stderr.decode()[-2000:]))
    return json.loads(lines[-1])


class Child:
    """A process that serves while the bench runs. Those that read to the end of their input end with it."""

    running = []

    def __init__(self, command, log, ready=None):
        self.log = open(log, "ab")
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log)
        Child.running.append(self)
        if ready and ready not in self.process.stdout.readline().decode():
            raise Failed("%s did not start, see %s" % (command, log))

    def end(self, seconds=30):
        """Its last line of output."""
        if self in Child.running:
            Child.running.remove(self)
        try:
            out, _ = self.process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            out, _ = self.process.communicate()
        lines = out.decode().splitlines()
        return lines[-1] if lines else ""

    def terminate(self):
        self.process.terminate()
        return self.end()

    def cpu_seconds(self):
        with open("/proc/%d/stat" % self.process.pid, encoding="ascii", errors="replace") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@atexit.register
def end_all():
    for child in list(Child.running):
        child.process.kill()
        child.end()


def wait_for(what, probe, seconds=60):
    """Polls until the probe gives something true, and returns it."""
    end = time.monotonic() + seconds
    while True:
        value = probe()
        if value:
            return value
        if time.monotonic() > end:
            raise Failed("gave up waiting for " + what)
        time.sleep(0.1)


def http(url, body=None, headers=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json", **(headers or {})})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read())


def metrics(address):
    """A service's metrics without labels, by name; empty while it does not answer."""
    try:
        with urllib.request.urlopen("http://%s/metrics" % address, timeout=5) as answer:
            lines = answer.read().decode().splitlines()
    except OSError:
        return {}
    pairs = (line.rsplit(" ", 1) for line in lines if line and not line.startswith("#") and "{" not in line)
    return {name: float(value) for name, value in pairs}


def machine():
    model = "unknown"
    with open("/proc/cpuinfo", encoding="utf-8") as f:
        for line in f:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    return {"cores": os.cpu_count(), "cpu": model, "kernel": os.uname().release, "load_before": os.getloadavg()[0]}
