"""Rules over the small county, one of each kind."""


def rule(name, scope, when, evidence="{name}有情况。", **extra):
    lines = [
        f'id = "{name}"',
        f'title = "{name}的标题"',
        'kind = "alert"',
        f'scope = "{scope}"',
        'risk = "因病"',
        'level = "orange"',
        f"when = '''{when}'''",
        f"evidence = '''{evidence}'''",
    ]
    lines += [f"{key} = {value}" for key, value in extra.items() if key != "values"]
    lines.append(extra.get("values", ""))
    lines.append('[[source]]\ndocument = "某文件"\nconfidence = "policy"')
    who = "person = {}" if scope == "person" else "members = [{}]"
    lines += [
        f'[[case]]\nname = "{expect}"\nexpect = "{expect}"\n{who}'
        for expect in ("hit", "clear", "unknown")
    ]
    return "\n".join(lines)


LINE = 'name = "line"\ntitle = "预警线"\nunit = "元"\n[[dated]]\nfrom = "2026-01"\nvalue = 1000\ndocument = "某文件"\n'
UNSET = 'name = "unset_line"\ntitle = "未定的线"\nunit = "元"\n'

RULES = {
    "person_costs": rule(
        "person_costs",
        "person",
        "clinic_paid_year >= line",
        "{name}（{age}岁）今年自付{clinic_paid_year:元}，超过{line:元}。",
        applies_to='"grown_up"',
        worsens='{ fact = "clinic_paid_year", by = 500 }',
    ),
    "family_costs": rule(
        "family_costs",
        "household",
        "SUM(clinic_paid_year) >= line",
        "这户{COUNT(*):人}今年自付{SUM(clinic_paid_year):元}（{NAMES(clinic_paid_month > 0)}）。",
        applies_to='"ANY(grown_up)"',
        worsens='{ fact = "clinic_paid_year", by = 500 }',
    ),
    "poor_family": rule(
        "poor_family", "household", "MIN(income) < 5000", "这户收入{MIN(income):元}。"
    ),
    "unsafe_house": rule(
        "unsafe_house", "household", "ANY(buildings_unsafe)", "{HEAD(name)}家住危房。"
    ),
    "dry_village": rule(
        "dry_village",
        "village",
        "MAX(pipes_dry_days) > 30",
        "缺水{MAX(pipes_dry_days):天}，{COUNT(DISTINCT household_id):户}。",
        worsens='{ fact = "pipes_dry_days", by = 5 }',
    ),
    "sick_village": rule(
        "sick_village",
        "village",
        "SUM(clinic_paid_month) > 100",
        "{NAMES(clinic_paid_month > 100)}看病花得多。",
    ),
    "needs_value": rule("needs_value", "person", "clinic_paid_year >= unset_line"),
    "dropped_off": rule(
        "dropped_off",
        "person",
        "previous_clinic_listed AND NOT clinic_listed",
        "{name}上月在册，本月不在。",
    ),
}
