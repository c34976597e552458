"""What the lists of the departments that came later say of a person or a household."""

import polars as pl
import pytest

from fpm.judge import build_facts

from .conftest import PERIOD, day, roster_of


class TestDisability:
    NUMBER = "99990119800101001X"

    def facts(self, facts_of, **row):
        return facts_of("disability", "certificates", [row])

    def test_category_and_grade_stand_in_the_certificate_number(self, facts_of):
        facts = self.facts(facts_of, id_number=self.NUMBER + "42")
        assert facts["disability_grade"] == 2
        assert facts["disability_category"] == "肢体"
        assert facts["disability_severe"] is True

    def test_a_number_with_a_suffix_of_two_more_digits_is_read_alike(self, facts_of):
        facts = self.facts(facts_of, id_number=self.NUMBER + "64" + "01")
        assert (facts["disability_grade"], facts["disability_category"]) == (4, "精神")
        assert facts["disability_severe"] is False

    def test_a_column_of_grades_goes_before_the_number(self, facts_of):
        facts = self.facts(facts_of, id_number=self.NUMBER + "42", disability_grade="三级")
        assert facts["disability_grade"] == 3
        assert facts["disability_severe"] is False

    def test_an_identity_number_says_nothing_of_a_grade(self, facts_of):
        facts = self.facts(facts_of, id_number=self.NUMBER)
        assert facts["disability_certified"] is True
        assert facts["disability_grade"] is None
        assert facts["disability_severe"] is None

    def test_a_cancelled_certificate_is_none(self, facts_of):
        facts = self.facts(facts_of, id_number=self.NUMBER + "41", certificate_state="注销")
        assert facts["disability_certified"] is False
        assert facts["disability_severe"] is False


class TestWork:
    @pytest.mark.parametrize(
        ("row", "employed"),
        [
            ({"working": True}, True),
            ({"working": False}, False),
            ({"working": True, "ended_on": day("2026-10-31")}, False),
            ({"working": True, "ended_on": day("2026-11-01")}, True),
            ({"started_on": day("2026-03-01")}, True),
            ({}, None),
        ],
    )
    def test_employed(self, facts_of, row, employed):
        facts = facts_of("human_resources", "employment", [row])
        assert facts["human_resources_employed"] is employed

    def test_the_latest_job_counts(self, facts_of):
        rows = [
            {"working": True, "started_on": day("2026-09-01"), "monthly_wage": 3000},
            {"working": False, "started_on": day("2026-02-01"), "ended_on": day("2026-08-01")},
        ]
        facts = facts_of("human_resources", "employment", rows)
        assert facts["human_resources_employed"] is True
        assert facts["human_resources_monthly_wage"] == 3000

    def test_who_is_not_on_the_list_of_workers_is_unknown(self, facts_of):
        assert facts_of("human_resources", "employment", [])["human_resources_employed"] is None

    def test_a_pension_paid_for_by_the_amount_when_nothing_else_is_said(self, facts_of):
        row = {"insurance_kind": "城乡居民养老", "insured_state": "正常缴费"}
        paid = facts_of("human_resources", "social_insurance", [{**row, "government_amount": 100}])
        assert paid["human_resources_resident_pension_paid_for"] is True
        unsaid = facts_of("human_resources", "social_insurance", [row])
        assert unsaid["human_resources_resident_pension_paid_for"] is None


class TestRegisters:
    @pytest.mark.parametrize(
        ("cell", "found"),
        [("有", True), ("个体工商户：某店", True), ("无", False), ("未发现", False), (None, None)],
    )
    def test_a_cell_of_the_economic_check(self, facts_of, cell, found):
        facts = facts_of("finance", "economic_check", [{"business": cell}])
        assert facts["finance_business_found"] is found

    def test_motorcycles_are_no_cars(self, facts_of):
        rows = [{"vehicle_type": "普通二轮摩托车"}, {"vehicle_type": "小型轿车"}]
        assert facts_of("public_security", "vehicles", rows)["public_security_vehicles"] == 1


class TestEvents:
    def test_disaster_losses_add_up_and_blanks_are_no_loss(self, facts_of):
        rows = [{"rooms_collapsed": 1, "area_lost": 2.5}, {"rooms_damaged": 2}]
        facts = facts_of("emergency", "disaster_households", rows)
        assert facts["emergency_rooms_damaged"] == 3
        assert facts["emergency_area_lost"] == 2.5

    def test_an_accident_without_harm_is_no_casualty(self, facts_of):
        told = {
            injury: facts_of(
                "public_security", "accidents", [{"event_kind": "交通事故", "injury": injury}]
            )["public_security_accident_casualty"]
            for injury in ("重伤", "无伤亡", None)
        }
        assert told == {"重伤": True, "无伤亡": False, None: None}

    def test_a_crime_is_no_accident(self, facts_of):
        row = {"event_kind": "刑事案件", "injury": "受伤"}
        facts = facts_of("public_security", "accidents", [row])
        assert facts["public_security_accident_casualty"] is False
        assert facts["public_security_crime_victim"] is True

    def test_a_death_of_an_earlier_month_of_the_year_still_counts(self, facts_of):
        rows = [{"period": "2026-08", "change_kind": "死亡注销"}]
        facts = facts_of("public_security", "household_changes", rows)
        assert facts["public_security_death_cancelled"] is True


class TestAllowances:
    def test_one_column_an_allowance_or_one_row_an_allowance(self, facts_of):
        wide = facts_of("civil_affairs", "disability_allowance", [{"care_allowance": 92}])
        long = facts_of("civil_affairs", "disability_allowance", [{"allowance_kind": "护理补贴"}])
        for facts in (wide, long):
            assert facts["civil_affairs_care_allowance"] is True
            assert facts["civil_affairs_living_allowance"] is False

    def test_phasing_out_is_remembered_over_the_year(self, facts_of):
        rows = [{"period": "2026-08", "phase_out_until": day("2026-10-01")}]
        facts = facts_of("civil_affairs", "stopped", rows)
        assert facts["civil_affairs_phase_out_until"] == day("2026-10-01")
        assert facts["civil_affairs_stop_reported"] is False


class TestSchool:
    def test_costs_and_aid(self, facts_of):
        rows = [
            {
                "tuition": 8000,
                "lodging": 1000,
                "aid_amount": 2500,
                "aid_item": "雨露计划,国家助学金",
            }
        ]
        facts = facts_of("education", "student_aid", rows)
        assert facts["education_school_costs"] == 9000
        assert facts["education_student_aid"] == 2500
        assert facts["education_yulu"] is True
        assert facts["education_aid_listed"] is True

    def test_fees_alone_are_no_aid(self, facts_of):
        facts = facts_of("education", "student_aid", [{"tuition": 8000}])
        assert facts["education_aid_listed"] is False


class TestMeasuresTaken:
    @pytest.mark.parametrize(
        ("kind", "helped"),
        [
            ("健康帮扶", "helped_health"),
            ("教育帮扶", "helped_schooling"),
            ("低保", "helped_safety_net"),
            ("社会帮扶", "helped_society"),
            ("危房改造", "helped_housing"),
            ("饮水安全保障", "helped_water"),
            ("公益岗位帮扶", "helped_work"),
            ("产业帮扶", "helped_business"),
            ("生产生活条件改善", "helped_living"),
        ],
    )
    def test_a_line_of_the_ledger_is_a_measure_of_its_kind(self, facts_of, kind, helped):
        facts = facts_of("agriculture", "support_measures", [{"measure_kind": kind}])
        taken = {name for name, value in facts.items() if name.startswith("helped_") and value}
        assert taken == {helped}

    def test_what_the_roster_lists_is_taken_and_a_blank_cell_is_none(self, derived_of):
        facts = derived_of(help_health="大病救治")
        assert facts["helped_health"] is True
        assert facts["helped_society"] is False

    def test_without_the_column_and_the_ledger_nobody_can_tell(self, book):
        row = {"person_id": "P1", "help_society": "志愿服务"}
        roster = roster_of(book, [row]).with_columns(lacking=pl.lit("help_health"))
        facts = build_facts(roster, [], book, PERIOD, None).row(0, named=True)
        assert facts["helped_health"] is None
        assert facts["helped_society"] is True
