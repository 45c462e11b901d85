"""An archive of tickets imported as one CSV file through the gateway: does it go on as fast as it began?"""

import csv
import http.client
import json
import os
import time

from lib import Failed, figure, say

ROWS, QUICK_ROWS = 1_000_000, 40_000
WINDOW, QUICK_WINDOW = 100_000, 5_000
TARGET = 0.90
FOLLOWERS = ("sla_timer", "analytics")  # of tickets: what is measured is the import, not who hears of it
CLERK = "entry1"
POLL_SECONDS = 0.5
STALL_SECONDS = 120
TITLES = ["外部编号", "诉求类型", "来源渠道", "标题", "内容", "事项分类", "区域代码", "来电人", "联系电话", "联系地址", "标签", "承办单位"]
TYPES = ["咨询", "求助", "投诉", "举报", "建议", "表扬"]
MATTERS = [("路灯不亮", "路灯从上周五起不亮，晚上行人看不清台阶，请尽快派人维修"), ("小区停水", "从昨晚八点开始停水，没有接到任何通知，生活不便"), ("噪音扰民", "烧烤店夜间营业到凌晨，影响居民休息"),
           ("垃圾堆放", "垃圾桶旁堆放大量生活垃圾无人清运，气味难闻"), ("违章停车", "多辆机动车占用消防通道停放"), ("井盖缺失", "非机动车道上一个污水井盖破损缺失，骑车经过非常危险"),
           ("拖欠工资", "在工地干活三个月，包工头拖欠工资"), ("社保咨询", "咨询灵活就业人员养老保险如何缴纳")]
ROADS = ["人民", "中山", "解放", "建设", "和平", "文化", "胜利", "新华", "长江", "黄河"]


def write(suite, path, rows):
    """The file: every third row goes to a unit at once."""
    units = suite.psql("select unit_id from ticket.units where path <> '' and active order by md5(unit_id) limit 50").split()
    categories = suite.psql("select category_id from ticket.categories order by md5(category_id) limit 50").split()
    with open(path, "w", encoding="utf-8-sig", newline="") as f:
        table = csv.writer(f)
        table.writerow(TITLES)
        for i in range(rows):
            matter, text = MATTERS[i * 7 % len(MATTERS)]
            place = "%s路%d号" % (ROADS[i * 13 % len(ROADS)], 1 + i * 31 % 997)
            table.writerow(["A%07d" % i, TYPES[i % len(TYPES)], "来信", place + matter, "市民反映%s，%s。" % (place, text), categories[i % len(categories)] if categories else "",
                            "99010%d" % (1 + i % 2), "王小%s" % "明红伟芳"[i % 4], "138%08d" % (i * 577 % 100_000_000), place, "市政", units[i % len(units)] if units and i % 3 == 0 else ""])


def send(suite, token, path):
    """The import's id and how long the file took."""
    connection = http.client.HTTPConnection("127.0.0.1", suite.port, timeout=1800)
    began = time.monotonic()
    with open(path, "rb") as body:
        connection.request("POST", "/v1/ticketImports?fileName=archive.csv", body,
                           {"Authorization": "Bearer " + token, "Content-Type": "text/csv", "Content-Length": str(os.path.getsize(path))})
        answer = connection.getresponse()
        text = answer.read()
    if answer.status != 200:
        raise Failed("the file was refused: %s" % text.decode()[:1000])
    return json.loads(text)["importId"], time.monotonic() - began


def peak_mb(suite):
    pid = suite.pid("ticket")
    with open("/proc/%d/status" % pid, encoding="ascii", errors="replace") as f:
        return next(int(line.split()[1]) / 1024 for line in f if line.startswith("VmHWM"))


def wait_imported(suite, import_id, rows):
    """(seconds, rows done) as it went."""
    seen = [(time.monotonic(), 0)]
    while True:
        done, state = suite.psql("select done_rows, state from ticket.imports where import_id = '%s'" % import_id).split("|")
        now = time.monotonic()
        if int(done) > seen[-1][1]:
            if int(done) // 100_000 > seen[-1][1] // 100_000:
                say("%s rows after %.0f s" % (done, now - seen[0][0]))
            seen.append((now, int(done)))
        if state != "running":
            break
        if now - seen[-1][0] > STALL_SECONDS:
            raise Failed("the import stands still at row %d" % seen[-1][1])
        time.sleep(POLL_SECONDS)
    if state != "done" or seen[-1][1] != rows:
        raise Failed("the import is %s after %d rows" % (state, seen[-1][1]))
    return seen


def when(seen, row):
    """The time at which so many rows were done, between two looks."""
    for (t0, r0), (t1, r1) in zip(seen, seen[1:]):
        if r1 >= row:
            return t0 + (t1 - t0) * (row - r0) / (r1 - r0)
    raise Failed("row %d was never reached" % row)


def ticket_import(suite, quick):
    say("ticket_import")
    rows, window = (QUICK_ROWS, QUICK_WINDOW) if quick else (ROWS, WINDOW)
    path = os.path.join(suite.scratch, "archive.csv")
    write(suite, path, rows)
    with open(suite.token(CLERK), encoding="utf-8") as f:
        token = f.read()
    suite.control("stop", *FOLLOWERS)
    try:
        import_id, sent = send(suite, token, path)
        seen = wait_imported(suite, import_id, rows)
        created = int(suite.psql("select created_rows from ticket.imports where import_id = '%s'" % import_id))
        if created != rows:
            raise Failed("%d of %d rows were registered" % (created, rows))
        peak = peak_mb(suite)
    finally:
        suite.control("start", *FOLLOWERS)
    first = window / (when(seen, window) - when(seen, 0.0001))
    last = window / (when(seen, rows) - when(seen, rows - window))
    took = seen[-1][0] - seen[0][0]
    return [figure("ticket_import", last, "tickets/s", first, "its first %d" % window, target="at least %.2f" % TARGET, met=last >= TARGET * first, rows=rows, seconds=took,
                   per_second=rows / took, upload_seconds=sent, file_mb=os.path.getsize(path) / 2**20, peak_mb=peak)]
