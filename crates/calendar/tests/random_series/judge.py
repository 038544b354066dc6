"""Reads one series a line as JSON, writes the seconds since 1970 of its occurrences in its window."""
import datetime
import json
import sys
import types
from zoneinfo import ZoneInfo

import dateutil.rrule

# dateutil walks a rule that never matches to the year 9999; its window's end is enough here.
calendar_end = types.SimpleNamespace(**vars(datetime))
dateutil.rrule.datetime = calendar_end
DAY = datetime.timedelta(days=1)
rebuild = dateutil.rrule._iterinfo.rebuild


def first_week(year, week_start):
    day = datetime.date(year, 1, 4)
    return day - DAY * ((day.weekday() - week_start) % 7)


def rebuild_with_right_weeks(self, year, month):
    # dateutil takes the length of the wrong year when it numbers the week that January begins in.
    rebuild(self, year, month)
    rule = self.rrule
    if self.wnomask:
        begin, next_begin = (first_week(y, rule._wkst) for y in (year - 1, year))
        last_week = (next_begin - begin).days // 7
        for day in range(max(0, (next_begin - datetime.date(year, 1, 1)).days)):
            self.wnomask[day] = int(last_week in rule._byweekno or -1 in rule._byweekno)


dateutil.rrule._iterinfo.rebuild = rebuild_with_right_weeks
WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]


def parts_of(text):
    return dict(part.split("=") for part in text.split(";"))


def walls(rule, start, last):
    """The wall times of a rule up to `last`, its COUNT applied."""
    parts = parts_of(rule["text"])
    text, begin = rule["text"], start
    if parts["FREQ"] == "WEEKLY" and "BYSETPOS" in parts:
        first = WEEKDAYS.index(parts.get("WKST", "MO"))
        if "BYDAY" not in parts:
            text += ";BYDAY=" + WEEKDAYS[start.weekday()]
        begin = start - DAY * ((start.weekday() - first) % 7)
    try:
        expanded = dateutil.rrule.rrulestr(text, dtstart=begin)
    except ValueError as refused:
        if "generates an empty set" in str(refused):
            return
        raise
    left = rule["end"].get("count")
    for wall in expanded:
        if wall > last or left == 0:
            return
        if wall < start:
            continue
        if left is not None:
            left -= 1
        yield wall


def judge(series):
    zone = ZoneInfo(series["zone"])

    def wall(text):
        return datetime.datetime.fromisoformat(text)

    def instant(at):
        # fold=0 takes the first of two, and moves forward out of a gap.
        return int(at.replace(tzinfo=zone).timestamp())

    start = wall(series["start"])
    begin, end = (wall(text) for text in series["window"])
    calendar_end.MAXYEAR = end.year + 1

    def instants(rule):
        ends = rule["end"]
        for at in walls(rule, start, end + DAY):
            if "until_day" in ends and at >= wall(ends["until_day"]).replace(hour=0, minute=0) + DAY:
                continue
            if "until_wall" in ends and at > wall(ends["until_wall"]):
                continue
            if "until_instant" in ends and instant(at) > ends["until_instant"]:
                continue
            yield instant(at)

    found = {instant(wall(text)) for text in series["dates"]}
    for rule in series["rules"]:
        found.update(instants(rule))
    for rule in series["excluded_rules"]:
        found.difference_update(instants(rule))
    found.difference_update(instant(wall(text)) for text in series["excluded"])
    return sorted(at for at in found if instant(begin) <= at < instant(end))


for line in sys.stdin:
    print(json.dumps(judge(json.loads(line))))
