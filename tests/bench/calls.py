"""Calls: signalling with ivr, media, the queue's decisions."""

import csv
import json
import os
import re
import subprocess
import time

from lib import HERE, Child, Failed, figure, metrics, program, run_json, say, wait_for
from suite import free_port

TARGET_CALLS = 1000       # a second
TARGET_MEDIA_CPU = 40     # percent of a core, 1,000 calls
STEADY_SECONDS = 42       # SIP transactions live 32 s: only then is their number steady
SERVER_CORE, LOAD_CORE = 0, 1
DRAIN_SECONDS = 240       # for facts to reach the database after the calls
SPARE_SECONDS = 60        # of SIPp, beyond the calls, before it is given up


def on_core(core, command):
    return ["taskset", "-c", str(core), *command]


def sipp(scratch, port, rate, seconds, name):
    """Places calls at an even rate; counts, and percentiles of the time to the answer."""
    stem = os.path.join(scratch, "sipp-%s-%d" % (name, rate))
    calls = rate * seconds
    command = on_core(LOAD_CORE, ["sipp", "127.0.0.1:%d" % port, "-sf", os.path.join(HERE, "sipp/caller.xml"), "-s", "12345", "-i", "127.0.0.1",
                                  "-p", str(free_port()), "-r", str(rate), "-m", str(calls), "-l", str(4 * rate), "-t", "u1", "-nostdin",
                                  "-buff_size", str(8 << 20), "-trace_stat", "-fd", "1", "-stf", stem + ".csv", "-trace_rtt", "-rtt_freq", "1000",
                                  "-recv_timeout", "20000", "-timeout", str(seconds + SPARE_SECONDS)])
    with open(stem + ".log", "wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, cwd=scratch)
        process.wait(timeout=seconds + 2 * SPARE_SECONDS)
    with open(stem + ".csv", encoding="utf-8") as f:
        rows = list(csv.DictReader(f, delimiter=";"))
    last = rows[-1]
    times = []
    rtt = os.path.join(scratch, "caller_%d_rtt.csv" % process.pid)
    if os.path.exists(rtt):
        with open(rtt, encoding="utf-8") as f:
            times = sorted(float(line.split(";")[1]) for line in f if re.match(r"\d", line) and ";" in line)
    return {"rate": rate, "calls": calls, "answered": int(last["SuccessfulCall(C)"]), "failed": int(last["FailedCall(C)"]),
            "retransmissions": int(last["Retransmissions(C)"]), "most_at_once": max(int(row["CurrentCall"]) for row in rows),
            "p50_ms": times[len(times) // 2] if times else None, "p99_ms": times[len(times) * 99 // 100] if times else None}


class Telephony:
    """hotline-telephony on one core in place of the suite's, with the bench's ivr on the other."""

    def __init__(self, suite):
        self.suite = suite
        with open(suite.path("config", "telephony.json"), encoding="utf-8") as f:
            config = json.load(f)
        self.sip_port, metrics_port = free_port(), free_port()
        self.metrics = "127.0.0.1:%d" % metrics_port
        ivr = "unix:%s/ivr.sock" % suite.scratch
        directory = os.path.join(suite.scratch, "telephony")
        config.update({"listen": "unix:%s/telephony.sock" % suite.scratch, "metrics": self.metrics, "log_level": "warn"})
        config["peers"]["ivr"] = ivr
        config["sip"].update({"udp_port": self.sip_port, "tcp_port": self.sip_port, "max_calls": 100000, "max_new_calls_per_second": 10000})
        config["trunks"] = [{"id": "load", "peers": ["127.0.0.1/32"]}]
        config["dial"] = {}
        config["dirs"].update({part: os.path.join(directory, part) for part in ("recordings", "spool", "prompts")})
        os.makedirs(directory, exist_ok=True)
        self.ivr = Child(on_core(LOAD_CORE, [program("bench_ivr"), "--address", ivr, "--keys", suite.path("config", "keys.json"),
                                             "--key", suite.path("secrets", "ivr.jwk")]), os.path.join(suite.scratch, "ivr.log"), "ready")
        path = suite.file("telephony.json", json.dumps(config, ensure_ascii=False))
        self.server = Child(on_core(SERVER_CORE, [program("hotline-telephony"), "--config", path]), os.path.join(suite.scratch, "telephony.log"))
        wait_for("telephony", lambda: "hotline_telephony_invites_in" in metrics(self.metrics))

    def spool(self, name):
        return metrics(self.metrics).get("hotline_telephony_spool_" + name, -1)

    def drain(self):
        """Seconds until every fact of the calls is in the database."""
        began = time.monotonic()
        wait_for("the spool to be empty", lambda: self.spool("waiting") == 0, DRAIN_SECONDS)
        return time.monotonic() - began

    def end(self):
        self.server.terminate()
        return json.loads(self.ivr.end())


def one_rate(suite, rate, seconds):
    """Whether all calls of this rate went well, and what it cost."""
    telephony = Telephony(suite)
    kept = int(suite.psql("select count(*) from telephony.calls"))
    try:
        cpu, began = telephony.server.cpu_seconds(), time.monotonic()
        result = sipp(suite.scratch, telephony.sip_port, rate, seconds, "calls")
        result["cpu_percent"] = 100 * (telephony.server.cpu_seconds() - cpu) / (time.monotonic() - began)
        result["facts_behind"] = telephony.spool("waiting")
        result["drain_seconds"] = telephony.drain()
        result["facts_lost"] = telephony.spool("lost")
    finally:
        result_of_ivr = telephony.end()
    result["dialogues"] = result_of_ivr["hung_up"]
    result["records"] = int(suite.psql("select count(*) from telephony.calls")) - kept
    result["good"] = (result["failed"] == 0 and result["answered"] == result["calls"] == result["records"] == result["dialogues"]
                      and result["facts_lost"] == 0)
    say("%d calls/s: %s" % (rate, json.dumps(result)))
    return result


def signalling_only(scratch, rate, seconds):
    """The baseline: the SIP stack alone, which answers without asking anybody."""
    port = free_port()
    server = Child(on_core(SERVER_CORE, [program("sip_answerer"), str(port)]), os.path.join(scratch, "answerer.log"))
    try:
        cpu, began = server.cpu_seconds(), time.monotonic()
        result = sipp(scratch, port, rate, seconds, "plain")
        result["cpu_percent"] = 100 * (server.cpu_seconds() - cpu) / (time.monotonic() - began)
    finally:
        server.end()
    return result


def sip_calls(suite, quick):
    """The highest of a few rates at which no call fails. Other services are stopped: one core serves, the other calls."""
    say("sip_calls")
    suite.control("stop", "gateway", "telephony", "ivr", "acd", "ticket", "sla_timer", "knowledge_base", "analytics", "directory", "demo_citizen")
    seconds = 6 if quick else STEADY_SECONDS
    results = [one_rate(suite, TARGET_CALLS, seconds)]
    for rate in ((1500,) if results[0]["good"] else (500, 250)):
        if quick or results[-1]["good"] != results[0]["good"]:
            break
        results.append(one_rate(suite, rate, seconds))
    good = [r for r in results if r["good"]]
    best = max(good, key=lambda r: r["rate"]) if good else {**results[-1], "rate": 0}
    plain = signalling_only(suite.scratch, 3000, 6 if quick else STEADY_SECONDS)
    suite.control("start", "all")
    plain_is = "SIP stack alone, %.0f %% CPU, %d failed" % (plain["cpu_percent"], plain["failed"])
    return [figure("sip_calls", best["rate"], "calls/s", plain["answered"] / seconds, plain_is,
                   "at least %d, none failed" % TARGET_CALLS, best["rate"] >= TARGET_CALLS, seconds=seconds, cpu_percent=best["cpu_percent"],
                   setup_p50_ms=best["p50_ms"], setup_p99_ms=best["p99_ms"], steps=results, plain=plain)]


def media_calls(quick):
    say("media_calls")
    seconds = 5 if quick else 15
    done = run_json([program("media_bench"), "--calls", "1000", "--seconds", str(seconds), "--core", str(SERVER_CORE), "--far-core", str(LOAD_CORE)], 120)
    plain = run_json([program("bench_udp"), "1000", str(seconds), str(SERVER_CORE), str(LOAD_CORE)], 60)
    cpu = done["media_cpu_percent"]
    return [figure("media_calls", cpu, "% of a core", plain["cpu_percent"], "sendto and recvfrom alone",
                   "at most %d %%, no missed tick" % TARGET_MEDIA_CPU, cpu <= TARGET_MEDIA_CPU and done["missed_ticks"] == 0, **done)]


def acd_decisions(quick):
    say("acd_decisions")
    done = run_json([program("acd_bench"), "--agents", "5000", "--seconds", "2" if quick else "5"], 60)
    if done["decisions_per_second"] <= 0:
        raise Failed("acd_bench decided nothing")
    return [figure("acd_decisions", done["decisions_per_second"], "decisions/s", done["plain_per_second"], "std::set, pop and insert", **done)]
