"""Lists and searches of tickets through the gateway, at the size of a city after years (TKT-17, TKT-18)."""

import http.client
import json
import os
import re
import time
import urllib.parse

import fill
from lib import Failed, figure, say

TICKETS, OPEN = 5_000_000, 300_000
QUICK_TICKETS, QUICK_OPEN = 50_000, 3_000
TARGET_MS = 50
ROUNDS = 60      # requests of each kind, going through its variants
QUICK_ROUNDS = 8
DEEP_PAGES = 40  # followed by their tokens


class Api:
    """One connection that is kept, signed in."""

    def __init__(self, suite, user):
        with open(suite.token(user), encoding="utf-8") as f:
            self.headers = {"Authorization": "Bearer " + f.read()}
        self.connection = http.client.HTTPConnection("127.0.0.1", suite.port, timeout=60)

    def get(self, path, query):
        """The answer and the milliseconds it took."""
        began = time.monotonic()
        self.connection.request("GET", path + "?" + urllib.parse.urlencode(query, doseq=True), headers=self.headers)
        answer = self.connection.getresponse()
        body = answer.read()
        took = (time.monotonic() - began) * 1000
        if answer.status != 200:
            raise Failed("%s %s: %s" % (path, query, body.decode()[:500]))
        return json.loads(body), took


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def some(suite, sql):
    return [line for line in suite.psql(sql).splitlines() if line]


def kinds(suite):
    """Name of each kind of list and its variants (user, path, query)."""
    city, officers = "dispatcher1", ("officer.water", "officer.market", "officer.heating", "officer.urban")
    sample = "from ticket.tickets tablesample system (0.05) order by md5(ticket_id::text) limit 20"
    units = some(suite, "select unit_id from (select unit_id, count(*) n from ticket.tickets tablesample system (0.5) where unit_id <> '' group by 1) s order by n desc limit 30")
    parents = some(suite, "select category_id from ticket.categories where parent_id = '' order by 1")
    leaves = some(suite, "select category_id from ticket.categories where parent_id <> '' order by md5(category_id) limit 10")
    areas = some(suite, "select distinct area_code from ticket.units where area_code <> '' order by 1 limit 8")
    companies = [re.search("涉及(.{4})", text).group(1) for text in some(
        suite, "select content from ticket.tickets tablesample system (0.5) where content like '%涉及%' limit 12")]
    phones = ["13%09d" % (n * 91) for n in (0, 1, 2, 5, 40, 700, 2500)] + ["13%09d" % (n * 577) for n in (7, 700_000, 1_499_999)]
    def tickets(user, *queries):
        return [(user, "/v1/tickets", q) for q in queries]
    opened = ["TICKET_STATE_DISPATCHED", "TICKET_STATE_SIGNED"]
    return {
        "newest": tickets(city, {}),
        "inbox_by_due_time": [(user, "/v1/tickets", {"orderBy": "due_time", "states": opened}) for user in officers],
        "unit_by_due_time": tickets(city, *({"unitId": unit, "orderBy": "due_time"} for unit in units)),
        "city_by_due_time": tickets(city, {"orderBy": "due_time"}, {"orderBy": "due_time", "light": "LIMIT_LIGHT_RED"}),
        "red_of_unit": tickets(city, *({"unitId": unit, "light": "LIMIT_LIGHT_RED"} for unit in units[::3])),
        "state_and_type": tickets(city, *({"states": [s], "types": [t]} for s in ("TICKET_STATE_SIGNED", "TICKET_STATE_ARCHIVED", "TICKET_STATE_REFUSED", "TICKET_STATE_CLOSED")
                                          for t in ("TICKET_TYPE_COMPLAINT", "TICKET_TYPE_PRAISE"))),
        "category_subtree": tickets(city, *({"categoryId": c} for c in parents + leaves)),
        "category_and_area": tickets(city, *({"categoryId": c, "areaCode": a} for c in leaves for a in areas[-2:])),
        "unit_and_category": tickets(city, *({"unitId": u, "categoryId": c} for u in units[-3:] for c in leaves[:5])),
        "time_range": tickets(city, *({"createTimeFrom": "%d-%02d-01T00:00:00Z" % (y, m), "createTimeTo": "%d-%02d-08T00:00:00Z" % (y, m)} for y in (2022, 2024, 2026) for m in (2, 9))),
        "time_range_and_unit": tickets(city, *({"createTimeFrom": "2023-%02d-01T00:00:00Z" % m, "createTimeTo": "2023-12-01T00:00:00Z", "unitId": u} for m in (1, 6) for u in units[-5:])),
        "number": tickets(city, *({"query": n} for n in some(suite, "select number " + sample))),
        "acceptance_number": tickets(city, *({"query": n} for n in some(suite, "select acceptance_number " + sample))),
        "phone": tickets(city, *({"query": p} for p in phones)),
        "caller_name": tickets(city, *({"callerName": n} for n in ("王伟", "李秀英敏", "周涛", "无此人"))),
        "word_rare": tickets(city, *({"query": c} for c in companies)),
        "word_none": tickets(city, {"query": "飞碟降落"}, {"query": "量子纠缠"}),
        "word_middle": tickets(city, *({"query": w} for w in ("古树", "非法集资", "诈骗", "死鱼", "银杏", "转账", "出租车"))),
        "word_frequent": tickets(city, *({"query": w} for w in ("噪音", "路灯", "小区", "市民反映", "人民路", "停水", "路"))),
        "two_words": tickets(city, *({"query": w} for w in ("噪音 人民路", "路灯 锦绣花园", "诈骗 中山", "停水 出租车", "银杏 天鹅", "有限公司 噪音"))),
        "words_and_unit": tickets(city, *({"query": w, "unitId": u} for w in ("噪音", "路灯 人民", "诈骗") for u in (units[0], units[10], units[-1]))),
        "words_and_state": tickets(city, *({"query": w, "states": [s]} for w in ("噪音", "路灯", "诈骗") for s in ("TICKET_STATE_SIGNED", "TICKET_STATE_REFUSED"))),
        "words_by_due_time": tickets(city, *({"query": w, "orderBy": "due_time"} for w in ("噪音", "诈骗", "古树"))),
        "oldest": tickets(city, {"orderBy": "create_time"}, {"orderBy": "create_time", "query": "诈骗"}),
        "by_update": tickets(city, {"orderBy": "update_time desc"}, {"orderBy": "update_time desc", "states": opened}),
        "caller_history": [("agent3", "/v1/callers/%s/history" % p, {}) for p in phones],
    }


def measure(suite, name, variants, rounds):
    apis, times = {}, []
    for i in range(rounds + len(variants)):
        user, path, query = variants[i % len(variants)]
        if user not in apis:
            apis[user] = Api(suite, user)
        _, took = apis[user].get(path, query)
        if i >= len(variants):  # the first of each is the warm-up
            times.append((took, query))
    worst = max(times, key=lambda t: t[0])
    values = [t for t, _ in times]
    p99 = percentile(values, 0.99)
    return figure("list_" + name, p99, "ms", target="at most %d ms" % TARGET_MS, met=p99 <= TARGET_MS, p50_ms=percentile(values, 0.5), requests=len(values),
                  slowest=json.dumps(worst[1], ensure_ascii=False))


def deep(suite, pages):
    """Pages one after the other, by their tokens; no ticket comes twice."""
    api, times = Api(suite, "dispatcher1"), []
    for query in ({"query": "噪音"}, {"categoryId": ""}):
        query, seen = {k: v for k, v in query.items() if v}, set()
        for _ in range(pages):
            answer, took = api.get("/v1/tickets", {**query, "pageSize": 100})
            ids = [t["ticketId"] for t in answer["tickets"]]
            if seen & set(ids):
                raise Failed("a ticket came twice")
            seen |= set(ids)
            times.append(took)
            query["pageToken"] = answer["nextPageToken"]
    p99 = percentile(times, 0.99)
    return figure("list_deep_page", p99, "ms", target="at most %d ms" % TARGET_MS, met=p99 <= TARGET_MS, p50_ms=percentile(times, 0.5), requests=len(times))


def lists(suite, quick):
    say("ticket_lists")
    count, opened = (QUICK_TICKETS, QUICK_OPEN) if quick else (TICKETS, OPEN)
    if int(suite.psql("select count(*) from (select 1 from ticket.tickets limit %d) t" % (count // 2))) < count // 2:
        suite.control("stop", "ticket")
        fill.fill(suite, count, opened)
        suite.control("start", "ticket")
        suite.ready()
    only = os.environ.get("LISTS", "").split()
    figures, failures = [], []
    for name, variants in kinds(suite).items():
        if only and name not in only:
            continue
        try:
            figures.append(measure(suite, name, variants, QUICK_ROUNDS if quick else ROUNDS))
        except Failed as failure:  # one kind; the tickets took half an hour to make
            failures.append("%s: %s" % (name, failure))
            figures.append(figure("list_" + name, 0, "ms", target="at most %d ms" % TARGET_MS, met=False, failed=str(failure)))
    figures.append(deep(suite, 3 if quick else DEEP_PAGES))
    for failure in failures:
        say("failed: " + failure)
    return figures
