"""Whom a record is linked to, and what is said of it."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from fpm.match import DECISION_SCHEMA, RESULT_SCHEMA, MatchRequest, match_many, match_records
from fpm.model import CANDIDATE_SCHEMA
from fpm.rulebook.settings import MatchingSpec

BIRTH = dt.date(1970, 3, 5)


@pytest.fixture
def family(county: pl.DataFrame) -> pl.DataFrame:
    return county.filter(pl.col("household_id") == "H0007")


@pytest.fixture
def link(county, whole_list, build):
    """Link one more record beside a list of sure ones; the record's match."""

    def one(row: dict[str, object], request: MatchRequest | None = None) -> dict[str, object]:
        extra = build([row]).with_columns(row=pl.lit(9999, pl.UInt32))
        records = pl.concat([whole_list, extra], how="diagonal")
        result = match_records(county, records, request or MatchRequest())
        found: dict[str, object] = result.matches.filter(pl.col("row") == 9999).row(0, named=True)
        return found

    return one


def other_digit(number: str, place: int) -> str:
    return number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]


def test_number_and_name_settle_a_row(link, family) -> None:
    head = family.row(3, named=True)
    found = link({"name": head["name"], "id_number": head["id_number"]})
    assert (found["person_id"], found["status"]) == (head["person_id"], "confirmed")
    assert found["method"] == "id_name"
    assert found["township"] == head["township"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda number: other_digit(number, 12),
        lambda number: number[:10] + number[11] + number[10] + number[12:],
        lambda number: number[:9] + number[10:],
        lambda number: number[:5] + "0" + number[5:],
        lambda number: number + "42",
        lambda number: number[:6] + number[8:17],
        lambda number: number[:6] + "********" + number[14:],
        lambda number: f" {number[:6]} {number[6:].lower()}",
        lambda number: f"{number[0]}.{number[1:15]}E+17",
    ],
    ids=["digit", "swap", "lost", "extra", "certificate", "15", "mask", "blanks", "scientific"],
)
def test_a_damaged_number_still_finds_its_person(link, family, damage) -> None:
    head = family.row(3, named=True)
    row = {
        "name": head["name"],
        "id_number": damage(head["id_number"]),
        "township": head["township"],
        "village": head["village"],
    }
    found = link(row)
    assert (found["person_id"], found["status"]) == (head["person_id"], "confirmed")


def test_a_guardians_number_on_a_childs_row_means_the_child(link, family) -> None:
    head, child = family.row(0, named=True), family.row(3, named=True)
    found = link(
        {
            "name": child["name"],
            "id_number": head["id_number"],
            "township": head["township"],
            "village": head["village"],
        }
    )
    assert (found["person_id"], found["method"]) == (child["person_id"], "follow_name")
    assert "证件号属同户成员" in str(found["reason"])


def test_a_brothers_number_under_a_name_one_character_off_means_the_brother_named(
    county, whole_list, build, make_id
) -> None:
    """A clerk takes the wrong line of a household more often than he invents a member's name."""
    names = ("欧阳靖军", "欧阳靖平")
    brothers = [
        county.row(0, named=True)
        | {
            "person_id": name,
            "household_id": "H9999",
            "name": name,
            "id_number": make_id(BIRTH.replace(year=1970 + 3 * place), 11),
            "birth_date": BIRTH.replace(year=1970 + 3 * place),
        }
        for place, name in enumerate(names)
    ]
    roster = pl.concat([county, pl.DataFrame(brothers)])
    asked = {key: brothers[0][key] for key in ("name", "township", "village")}
    extra = build([asked | {"id_number": brothers[1]["id_number"]}])
    extra = extra.with_columns(pl.lit(9999, pl.UInt32).alias("row"))
    records = pl.concat([whole_list, extra], how="diagonal")
    matches = match_records(roster, records, MatchRequest()).matches
    found = matches.filter(pl.col("row") == 9999).row(0, named=True)
    assert (found["person_id"], found["status"]) == (names[0], "confirmed")


@pytest.fixture
def beside(county, whole_list, build):
    """The match of one record in a list that also holds others."""

    def one(row: dict[str, object], others: list[dict[str, object]]) -> dict[str, object]:
        extra = build([*others, row]).with_columns(row=pl.int_range(9000, 9001 + len(others)))
        extra = extra.with_columns(pl.col("row").cast(pl.UInt32))
        records = pl.concat([whole_list, extra], how="diagonal")
        matches = match_records(county, records, MatchRequest()).matches
        found: dict[str, object] = matches.row(-1, named=True)
        return found

    return one


def test_a_township_where_only_outsiders_live_speaks_against_people_of_the_roster(
    beside, family, make_id
) -> None:
    place = {"township": "临江镇", "village": "柳湾村"}
    outsiders = [
        {"name": f"欧阳靖{given}", "id_number": make_id(BIRTH, 901 + n)} | place
        for n, given in enumerate("蕾萱琪妤")
    ]
    asked = {"name": family["name"][0], "id_number": "无"} | place
    unknown, elsewhere = (beside(asked, others) for others in (outsiders[:1], outsiders))
    assert elsewhere["probability"] < unknown["probability"] - 0.05
    assert "所填住址不在花名册各乡镇" in elsewhere["reason"]


def test_an_old_name_of_a_township_is_learned_from_the_rows_that_numbers_settle(
    beside, county, family
) -> None:
    town = family["township"][0]
    neighbours = county.filter((pl.col("township") == town) & (pl.col("household_id") != "H0007"))
    known = neighbours.select("name", "id_number").tail(4).to_dicts()
    asked = {"name": family["name"][0], "township": "江口墟乡"}
    found = beside(asked, [row | {"township": "江口墟乡"} for row in known])
    assert found["person_id"] == family["person_id"][0]
    assert "乡镇一致" in found["reason"]


def test_two_valid_numbers_are_two_people(link, family, make_id) -> None:
    """A twin outside the roster: same village, same birth date, next number, like name."""
    head = family.row(0, named=True)
    twin = make_id(head["birth_date"], 13)
    found = link(
        {
            "name": head["name"],
            "id_number": twin,
            "township": head["township"],
            "village": head["village"],
        }
    )
    assert (found["status"], found["person_id"]) == ("unmatched", None)
    assert "花名册中没有此号" in str(found["reason"])


def test_two_slips_that_leave_the_check_character_right_are_seen_through(
    link, family, make_id
) -> None:
    """A valid number nobody has, the same name and village: province and check are misread."""
    head = family.row(0, named=True)
    said = {name: head[name] for name in ("name", "township", "village")}
    misread = make_id(head["birth_date"], 11, region="949901")
    found = link({**said, "id_number": misread})
    assert (found["status"], found["person_id"]) == ("confirmed", head["person_id"])
    assert "证件号有两处差错" in str(found["reason"])
    stranger = link({**said, "name": "欧阳" + head["name"][1:], "id_number": misread})
    assert stranger["status"] == "unmatched"


def test_a_birth_date_one_part_off_leaves_a_proven_number_in_force(
    county, whole_list, build, make_id
) -> None:
    """The roster's own slip of a day does not open its person to whoever bears the name."""
    someone = county.row(3, named=True)
    slipped = county.with_columns(
        birth_date=pl.when(pl.col("person_id") == someone["person_id"])
        .then(pl.col("birth_date").dt.replace(day=28))
        .otherwise("birth_date")
    )
    namesake = {
        "name": someone["name"],
        "id_number": make_id(dt.date(1946, 12, 17), 712),
        "township": someone["township"],
        "village": someone["village"],
    }
    extra = build([namesake]).with_columns(row=pl.lit(9999, pl.UInt32))
    records = pl.concat([whole_list, extra], how="diagonal")
    found = match_records(slipped, records, MatchRequest()).matches.filter(pl.col("row") == 9999)
    assert found["status"].item() == "unmatched"


def test_who_is_spelt_otherwise_is_found_beside_a_namesake_of_another_age(
    county, whole_list, build
) -> None:
    """A namesake of the village, born on another day, does not end the search."""
    someone = county.row(3, named=True)
    like_sound = someone["name"].replace("建", "健")
    assert like_sound != someone["name"]
    namesake = {
        **someone,
        "person_id": "N",
        "household_id": "N",
        "name": like_sound,
        "id_number": None,
        "birth_date": dt.date(1940, 1, 2),
    }
    roster = pl.concat([county, pl.DataFrame([namesake], schema=county.schema)])
    row = {key: someone[key] for key in ("birth_date", "township", "village")}
    extra = build([row | {"name": like_sound}]).with_columns(row=pl.lit(9999, pl.UInt32))
    records = pl.concat([whole_list, extra], how="diagonal")
    found = match_records(roster, records, MatchRequest()).matches.filter(pl.col("row") == 9999)
    assert found["person_id"].item() == someone["person_id"]


def test_a_number_cut_after_the_month_finds_a_misspelt_name(
    county, whole_list, build, family
) -> None:
    head = family.row(3, named=True)
    row = {
        "name": head["name"][:-1] + "薇",
        "id_number": head["id_number"][:12],
        "township": head["township"],
    }
    extra = build([row]).with_columns(row=pl.lit(9999, pl.UInt32))
    records = pl.concat([whole_list, extra], how="diagonal")
    shown = MatchingSpec(review=0.0)
    found = match_records(county, records, MatchRequest(settings=shown)).candidates
    assert head["person_id"] in found.filter(pl.col("row") == 9999)["person_id"].to_list()


def test_a_misspelt_name_is_found_in_its_township(link, family) -> None:
    """No number, no village: the only name of the township that differs in one character."""
    head = family.row(0, named=True)
    slipped = head["name"][:1] + "曌" + head["name"][2:]
    found = link({"name": slipped, "township": head["township"]})
    assert "姓名有一字不同" in str(found["reason"])


def test_two_different_numbers_of_another_kind_are_hardly_one_person(county, build) -> None:
    """Like name, same place, birth date one part off: only quite another number tells them apart."""
    roster = county.with_columns(
        id_number=pl.lit("T") + (pl.int_range(pl.len()) * 7919).cast(pl.String).str.zfill(8)
    )
    known = roster.select("name", "id_number", "birth_date", "township").to_dicts()
    someone = known[3]
    other = someone | {
        "id_number": "T98765432",
        "birth_date": someone["birth_date"].replace(year=someone["birth_date"].year + 1),
    }
    rows = build([*(row for place, row in enumerate(known) if place % 4 != 3), other])
    found = match_records(roster, rows, MatchRequest()).matches.sort("row").row(-1, named=True)
    assert found["status"] != "confirmed"
    assert "但证件号完全不同" in str(found["reason"])
    slip = build([*known[:3], someone | {"id_number": someone["id_number"][:-1] + "9"}])
    found = match_records(roster, slip, MatchRequest()).matches.sort("row").row(-1, named=True)
    assert (found["person_id"], found["status"]) == (roster["person_id"][3], "confirmed")


def test_a_name_nobody_bears_is_nobody(link) -> None:
    found = link({"name": "欧阳靖蕾", "id_number": "无", "village": "大河村"})
    assert (found["status"], found["probability"]) == ("unmatched", 0.0)
    assert found["reason"].startswith("未填身份证号")


def test_namesakes_without_more_go_to_a_person(build, roster_of) -> None:
    roster = roster_of(
        [("张伟", "A", 11, "石门镇"), ("张伟", "B", 13, "石门镇"), ("李秀英", "A", 22, "石门镇")]
    )
    result = match_records(roster, build([{"name": "张伟", "township": "石门镇"}]), MatchRequest())
    assert result.matches["status"].to_list() == ["review"]
    assert result.candidates["person_id"].to_list() == ["A-张伟", "B-张伟"]
    assert result.candidates["rank"].to_list() == [1, 2]
    assert "无法区分" in result.matches["reason"].item()


@pytest.mark.parametrize("turn", [1, -1])
def test_a_person_who_stands_in_two_households_is_one_person(county, build, turn) -> None:
    """With his parents and as the head of his own home: the rows are his, and go to the home."""
    son = county.filter(pl.col("relation") == "之子").row(0, named=True)
    at_home = son | {"person_id": "H9999-1", "household_id": "H9999", "relation": "户主"}
    roster = pl.concat([county, pl.DataFrame([at_home])], how="diagonal_relaxed")[::turn]
    said = {column: son[column] for column in ("name", "id_number", "township", "village")}
    damaged = other_digit(son["id_number"], 12)
    records = build([said, said | {"id_number": damaged}, said | {"id_number": None}])
    matches = match_records(roster, records, MatchRequest()).matches
    assert matches["status"].to_list() == ["confirmed"] * 3
    assert matches["person_id"].to_list() == ["H9999-1"] * 3
    assert matches["reason"].str.contains("此人在花名册中不止一行").all()


def test_a_household_list_sums_its_members(build, roster_of) -> None:
    roster = roster_of([("张伟", "A", 11, "石门镇"), ("张伟", "A", 13, "石门镇")])
    records = build([{"name": "张伟", "township": "石门镇"}])
    person = match_records(roster, records, MatchRequest()).matches
    home = match_records(roster, records, MatchRequest(match_on="household")).matches
    assert person["probability"].item() < 0.6
    assert home["probability"].item() > person["probability"].item() * 1.9
    assert home["household_id"].item() == "A"


def test_villages_are_read_by_the_rosters_gazetteer(county, build) -> None:
    records = build(
        [
            {"township": "石门", "village": "大河村委会"},
            {"township": None, "village": "小河"},
            {"township": "外地镇", "village": "无此村"},
        ]
    )
    found = match_records(county, records, MatchRequest(match_on="village")).matches
    assert found["village"].to_list() == ["大河村", "小河村", None]
    assert found["status"].to_list() == ["confirmed", "confirmed", "unmatched"]


def test_a_village_name_of_two_townships_goes_to_a_person(build, roster_of) -> None:
    roster = roster_of([("张伟", "A", 11, "石门镇"), ("李明", "B", 13, "青山乡")])
    found = match_records(roster, build([{"village": "大河村"}]), MatchRequest(match_on="village"))
    assert found.matches["status"].item() == "review"
    assert "石门镇、青山乡" in found.matches["reason"].item()


def decisions(rows: list[tuple[str, str | None]], against: str | None = None) -> pl.DataFrame:
    said = [(*row, against) for row in rows]
    return pl.DataFrame(said, schema=DECISION_SCHEMA, orient="row")


def test_a_remembered_decision_wins_and_the_last_one_counts(build, roster_of) -> None:
    roster = roster_of([("张伟", "A", 11, "石门镇"), ("张伟", "B", 13, "石门镇")])
    records = build([{"name": "张伟", "township": "石门镇"}])
    identity = match_records(roster, records, MatchRequest()).matches["identity"].item()
    chosen = decisions([(identity, "A-张伟"), (identity, "B-张伟")])
    found = match_records(roster, records, MatchRequest(decisions=chosen)).matches.row(
        0, named=True
    )
    assert (found["person_id"], found["status"], found["method"]) == (
        "B-张伟",
        "confirmed",
        "decision",
    )
    nobody = decisions([(identity, None)])
    found = match_records(roster, records, MatchRequest(decisions=nobody)).matches.row(
        0, named=True
    )
    assert (found["person_id"], found["status"], found["probability"]) == (None, "unmatched", 0.0)


def test_a_decision_for_somebody_gone_is_not_applied(build, roster_of) -> None:
    roster = roster_of([("张伟", "A", 11, "石门镇"), ("张伟", "B", 13, "石门镇")])
    records = build([{"name": "张伟", "township": "石门镇"}])
    identity = match_records(roster, records, MatchRequest()).matches["identity"].item()
    gone = decisions([(identity, "Z-张伟")])
    assert match_records(roster, records, MatchRequest(decisions=gone)).matches[
        "status"
    ].item() == ("review")


def test_identity_survives_a_new_file_and_row(build, roster_of) -> None:
    roster = roster_of([("张伟", "A", 11, "石门镇"), ("张伟", "B", 13, "石门镇")])
    row = {"name": "张伟", "township": "石门镇"}
    first = match_records(roster, build([row]), MatchRequest()).matches["identity"].item()
    later = build([{"name": "某人", "township": "石门镇"}, row]).with_columns(file=pl.lit("新.csv"))
    second = match_records(roster, later, MatchRequest()).matches["identity"].to_list()[1]
    assert first == second


def test_several_extracts_are_linked_at_once(county, whole_list) -> None:
    one = match_records(county, whole_list, MatchRequest())
    both = match_many(
        county,
        [
            (whole_list, MatchRequest()),
            (whole_list.head(10), MatchRequest(match_on="village")),
            (whole_list.head(20), MatchRequest()),
        ],
    )
    assert [len(result.matches) for result in both] == [whole_list.height, 10, 20]
    same = ["row", "person_id", "status"]
    assert both[0].matches.select(same).equals(one.matches.select(same))


def test_confirmed_links_state_the_false_ones_to_expect(county, whole_list) -> None:
    result = match_records(county, whole_list, MatchRequest())
    confirmed = result.matches.filter(pl.col("status") == "confirmed")
    assert result.expected_false_links == pytest.approx((1 - confirmed["probability"]).sum())
    assert result.matches.schema == pl.Schema(RESULT_SCHEMA)
    assert result.candidates.schema == pl.Schema(CANDIDATE_SCHEMA)


def test_no_reason_shows_a_number(county, whole_list) -> None:
    reasons = match_records(county, whole_list, MatchRequest()).matches["reason"]
    assert not reasons.str.contains(r"\d{12}").any()
    assert reasons.null_count() == 0


def test_a_guardian_on_the_row_tells_namesakes_apart(build, roster_of) -> None:
    roster = roster_of(
        [
            ("张伟", "A", 11, "石门镇"),
            ("李秀英", "A", 22, "石门镇"),
            ("张伟", "B", 13, "石门镇"),
            ("王桂兰", "B", 24, "石门镇"),
        ]
    )
    by_name = {"name": "张伟", "guardian_name": "王桂兰"}
    by_number = {"name": "张伟", "guardian_id_number": roster["id_number"][1]}
    found = match_records(roster, build([by_name, by_number]), MatchRequest(about="children"))
    assert found.matches["person_id"].to_list() == ["B-张伟", "A-张伟"]
    assert found.matches["reason"].str.contains("监护人").all()


def test_a_guardian_of_another_household_makes_a_namesake_doubtful(county, build) -> None:
    """Name and village agree, but the guardian is none of the household."""
    child, other = county.row(2, named=True), county.row(45, named=True)
    place = {column: child[column] for column in ("name", "township", "village")}
    at_home = county.row(0, named=True)["name"]
    rows = [place | {"guardian_name": name} for name in (at_home, other["name"])]
    found = match_records(county, build(rows), MatchRequest(about="children")).matches
    assert found["status"][0] == "confirmed"
    assert found["status"][1] != "confirmed"
    assert "但监护人不在其户" in found["reason"][1]


@pytest.mark.parametrize("numbers", ["whole", "masked"])
@pytest.mark.parametrize("by_household", [True, False])
def test_whose_family_stands_beside_is_meant(county, build, by_household, numbers) -> None:
    """Two people of one village bear a name; the row without a number stands among one's family.

    Nor need that family have whole numbers, if what their rows say settles who they are.
    """
    meant = county.row(41, named=True)
    same = {column: meant[column] for column in ("name", "township", "village")}
    namesake = pl.col("person_id") == county["person_id"][201]
    roster = county.with_columns(
        pl.when(namesake).then(pl.lit(value)).otherwise(column).alias(column)
        for column, value in same.items()
    )
    rows = roster.select("name", "id_number", "township", "village").to_dicts()
    for row in rows if numbers == "masked" else []:
        row["id_number"] = row["id_number"][:6] + "********" + row["id_number"][14:]
    rows[41]["id_number"] = "无"
    del rows[201]
    if not by_household:
        rows.append(rows.pop(41))
        rows = rows[::2] + rows[1::2]
    found = match_records(roster, build(rows), MatchRequest()).matches
    row = found.filter(pl.Series(row["id_number"] == "无" for row in rows)).row(0, named=True)
    assert (row["person_id"] == meant["person_id"] and row["status"] == "confirmed") == by_household
    assert ("相邻行是其户中的人" in row["reason"]) == by_household


@pytest.mark.parametrize("times", [1, 2])
def test_like_rows_are_two_people_where_a_list_names_people_once(
    county, build, make_id, times
) -> None:
    """Every eighth person of the list is a namesake of the village."""
    people = county.filter(pl.int_range(pl.len()) % 4 != 3)
    rows = people.select("name", "id_number", "township", "village").to_dicts()
    for number, row in enumerate(rows[::8]):
        rows.append(row | {"id_number": make_id(dt.date(1950 + number, 5, 6), 719)})
    bare = county.row(3, named=True)
    place = {column: bare[column] for column in ("name", "township", "village")}
    asked = build([row for row in rows for _ in range(times)] + [place] * 2)
    like = match_records(county, asked, MatchRequest()).matches.tail(2)
    assert like["status"].unique().to_list() == ["review"]
    assert (like["probability"].max() < 0.7) == (times == 1)
    says = like["reason"].str.contains("名单中这样的行有2行，其中可能有同名的另一人")
    assert says.to_list() == [times == 1] * 2


def test_a_list_of_heads_prefers_the_head(build, roster_of) -> None:
    roster = roster_of([("张伟", "A", 11, "石门镇"), ("张伟", "B", 13, "石门镇")]).with_columns(
        relation=pl.Series(["户主", "之子"])
    )
    records = build([{"name": "张伟", "township": "石门镇"}])
    anybody = match_records(roster, records, MatchRequest()).matches
    heads = match_records(roster, records, MatchRequest(about="heads")).matches
    assert anybody["status"].item() == "review"
    assert heads["person_id"].item() == "A-张伟"
    assert heads["probability"].item() > anybody["probability"].item() + 0.2


def test_a_decision_that_later_data_contradict_is_brought_up_again(build, roster_of) -> None:
    roster = roster_of([("张伟", "A", 11, "石门镇"), ("张伟", "B", 13, "石门镇")])
    records = build([{"name": "张伟", "id_number": roster["id_number"][0]}])
    nothing = decisions([("0" * 16, None)])
    settled = match_records(roster, records, MatchRequest(decisions=nothing)).matches
    old = decisions([(settled["identity"].item(), "B-张伟")])
    found = match_records(roster, records, MatchRequest(decisions=old))
    assert found.matches["status"].item() == "review"
    assert "请重新认定" in found.matches["reason"].item()
    assert found.candidates["person_id"].to_list() == ["A-张伟", "B-张伟"]


def test_a_decision_made_in_the_face_of_the_data_rests_until_they_change(build, roster_of) -> None:
    roster = roster_of(
        [("张伟", "A", 11, "石门镇"), ("张伟", "B", 13, "石门镇"), ("张伟", "C", 15, "石门镇")]
    )
    records = build([{"name": "张伟", "id_number": roster["id_number"][0]}])
    nothing = decisions([("0" * 16, None)])
    settled = match_records(roster, records, MatchRequest(decisions=nothing)).matches
    said = [(settled["identity"].item(), "B-张伟")]
    affirmed = MatchRequest(decisions=decisions(said, against="A-张伟"))
    found = match_records(roster, records, affirmed).matches.row(0, named=True)
    assert (found["person_id"], found["status"]) == ("B-张伟", "confirmed")
    assert found["method"] == "decision"
    moved = roster.with_columns(
        pl.col("person_id").replace({"A-张伟": "C-张伟", "C-张伟": "A-张伟"})
    )
    assert match_records(moved, records, affirmed).matches["status"].item() == "review"


def test_what_a_crowded_key_cut_is_counted_in_the_list_it_was_cut_in(build, roster_of) -> None:
    crowd = roster_of([("张伟", f"H{number}", number, "石门镇") for number in range(1, 41)])
    namesakes = build([{"name": "张伟"}, {"name": "张伟", "township": "石门镇"}])
    others = build([{"name": "欧阳靖蕾"}])
    both = match_many(crowd, [(namesakes, MatchRequest()), (others, MatchRequest())])
    cut = [{name: n for name, n in one.stats.items() if name.startswith("cut_")} for one in both]
    assert cut[0]["cut_name"] == 80
    assert cut[0]["cut_name+town"] == 40
    assert cut[1] == {}


@pytest.mark.parametrize(("people", "pairs"), [(8, 8), (9, 0)])
def test_a_misspelt_name_that_many_of_the_township_bear_proposes_none_of_them(
    build, roster_of, people, pairs
) -> None:
    crowd = roster_of(
        [("张伟明", f"H{number}", number, "石门镇") for number in range(1, people + 1)]
    )
    records = build([{"name": "张伟鹏", "township": "石门镇"}])
    stats = match_records(crowd, records, MatchRequest()).stats
    assert stats["pairs"] == pairs
    assert stats.get("cut_deletion+town", 0) == people - pairs
