"""What the shipped layouts say of a person once a department's rows are matched."""

import datetime as dt

import pytest

from fpm.model import Period

GOOD = {"quantity": "达标", "quality": "达标", "convenience": "基本达标", "reliability": "达标"}


class TestMedicalInsurance:
    def test_stays_of_the_year_add_up_and_a_refund_takes_its_stay_back(self, facts_of):
        rows = [
            {"period": "2026-08", "visit_type": "住院", "self_paid": 3200.5},
            {"period": "2026-09", "visit_type": "住院", "self_paid": 15600},
            {"period": "2026-10", "visit_type": "住院", "self_paid": -15600},
            {"period": "2026-10", "visit_type": "门诊慢特病", "self_paid": 480},
        ]
        facts = facts_of("medical_insurance", "settlement", rows)
        assert facts["medical_insurance_inpatient_self_paid_year"] == 3200.5
        assert facts["medical_insurance_self_paid_year"] == 3680.5
        assert facts["medical_insurance_max_inpatient_self_paid_year"] == 15600
        assert facts["medical_insurance_chronic_self_paid_month"] == 480

    def test_last_year_does_not_count(self, facts_of):
        rows = [{"period": "2025-12", "visit_type": "住院", "self_paid": 9000}]
        facts = facts_of("medical_insurance", "settlement", rows)
        assert facts["medical_insurance_inpatient_self_paid_year"] == 0

    def test_a_row_without_amount_leaves_a_lower_bound(self, facts_of):
        rows = [{"visit_type": "住院", "self_paid": 6000}, {"visit_type": "住院"}]
        facts = facts_of("medical_insurance", "settlement", rows)
        assert facts["medical_insurance_inpatient_self_paid_year"] is None
        assert facts["medical_insurance_inpatient_self_paid_year__at_least"] == 6000

    def test_own_cost_takes_the_best_column_there_is(self, facts_of):
        rows = [
            {"personal_burden": 900, "self_paid": 500, "out_of_scope_paid": 300},
            {"self_paid": 500, "out_of_scope_paid": 300, "cash_paid": 1000},
            {"cash_paid": 70},
            {"self_paid": 5},
        ]
        facts = facts_of("medical_insurance", "settlement", rows)
        assert facts["medical_insurance_own_cost_year"] == 900 + 800 + 70 + 5
        assert facts["medical_insurance_max_own_cost_year"] == 900

    def test_aid_counts_tilted_aid(self, facts_of):
        rows = [{"medical_aid_eligible": 5000, "medical_aid_paid": 0, "tilted_aid_paid": 800}]
        facts = facts_of("medical_insurance", "settlement", rows)
        assert facts["medical_insurance_aid_due_year"] == 5000
        assert facts["medical_insurance_aid_paid_year"] == 800

    @pytest.mark.parametrize(
        ("row", "insured"),
        [
            ({"insured_status": "已参保"}, True),
            ({"insured_status": "异地职工"}, True),
            ({"insured_status": "自愿放弃"}, False),
            ({"insured_status": "参军"}, False),
            ({"insured_status": "失联"}, None),
            ({"paid_on": dt.date(2025, 11, 3)}, True),
            ({"premium_paid": 400}, True),
            ({"premium_paid": 0}, None),
            ({}, None),
        ],
    )
    def test_insured_by_status_or_payment(self, facts_of, row, insured):
        facts = facts_of("medical_insurance", "enrolment", [{"name": "赵大山", **row}])
        assert facts["medical_insurance_insured"] is insured

    def test_not_on_the_list_of_the_insured(self, facts_of):
        assert facts_of("medical_insurance", "enrolment", [])["medical_insurance_insured"] is False

    def test_no_list_this_month(self, facts_of):
        facts = facts_of("medical_insurance", "enrolment", [], delivered=["2026-09"])
        assert facts["medical_insurance_insured"] is None

    def test_the_dead_and_the_excused_are_told_apart(self, facts_of):
        dead = facts_of("medical_insurance", "enrolment", [{"insured_status": "死亡"}])
        away = facts_of("medical_insurance", "enrolment", [{"insured_status": "服刑"}])
        assert (
            dead["medical_insurance_enrolment_dead"],
            away["medical_insurance_enrolment_dead"],
        ) == (True, False)
        assert (
            dead["medical_insurance_enrolment_exempt"]
            is away["medical_insurance_enrolment_exempt"]
            is True
        )

    @pytest.mark.parametrize(
        ("row", "employee", "retired"),
        [
            ({"insured_status": "本地职工在职"}, True, False),
            ({"insured_status": "本地职工退休", "insurance_kind": "职工医保"}, False, True),
            ({"insured_status": "已参保", "insurance_kind": "职工医保"}, True, False),
            ({"insured_status": "已参保", "insurance_kind": "居民医保"}, False, False),
            ({}, False, False),
        ],
    )
    def test_employees_and_pensioners(self, facts_of, row, employee, retired):
        facts = facts_of("medical_insurance", "enrolment", [{"name": "赵大山", **row}])
        assert facts["medical_insurance_employee_insured"] is employee
        assert facts["medical_insurance_retired_insured"] is retired


class TestCivilAffairs:
    def test_a_row_marked_as_ended_is_no_allowance(self, facts_of):
        facts = facts_of("civil_affairs", "dibao", [{"payment_state": "停保", "allowance": 420}])
        assert facts["civil_affairs_dibao_receiving"] is False
        assert facts["civil_affairs_dibao_allowance"] == 0
        assert facts["civil_affairs_dibao_present"] is True

    def test_a_row_without_status_is_an_allowance(self, facts_of):
        facts = facts_of("civil_affairs", "dibao", [{"category": "B类", "paid_total": 380}])
        assert facts["civil_affairs_dibao_receiving"] is True
        assert facts["civil_affairs_dibao_allowance"] == 380
        assert facts["civil_affairs_dibao_rank"] == 2

    def test_nobody_on_the_list(self, facts_of):
        facts = facts_of("civil_affairs", "dibao", [])
        assert facts["civil_affairs_dibao_receiving"] is False
        assert facts["civil_affairs_dibao_allowance"] == 0

    def test_extremely_poor(self, facts_of):
        on = facts_of(
            "civil_affairs", "tekun", [{"support_mode": "分散供养", "support_allowance": 820}]
        )
        off = facts_of("civil_affairs", "tekun", [{"support_state": "停供"}])
        assert (on["civil_affairs_tekun_receiving"], on["civil_affairs_tekun_mode"]) == (
            True,
            "分散供养",
        )
        assert off["civil_affairs_tekun_receiving"] is False

    def test_marginal_families(self, facts_of):
        facts = facts_of("civil_affairs", "dibao_edge", [{"edge_type": "刚性支出困难家庭"}])
        assert facts["civil_affairs_dibao_edge_listed"] is True
        assert facts["civil_affairs_dibao_edge_type"] == "刚性支出困难家庭"


class TestEducation:
    @pytest.mark.parametrize(
        ("status", "enrolled", "moved_on", "left"),
        [
            (None, True, False, False),
            ("在读", True, False, False),
            ("休学", True, False, False),
            ("转出", False, True, False),
            ("毕业", False, True, False),
            ("辍学", False, False, True),
        ],
    )
    def test_state_of_the_school_roll(self, facts_of, status, enrolled, moved_on, left):
        facts = facts_of("education", "enrolment", [{"stage": "小学", "enrolment_status": status}])
        assert facts["education_enrolled"] is enrolled
        assert facts["education_moved_on"] is moved_on
        assert facts["education_left_school"] is left

    @pytest.mark.parametrize(
        ("row", "suspected"),
        [
            ({"school_state": "疑似辍学"}, True),
            ({"school_state": "长时间请假", "follow_up": "劝学,家访"}, True),
            ({"school_state": "疑似辍学", "follow_up": "家访,已返校"}, False),
            ({"school_state": "辍学", "returned_on": dt.date(2026, 10, 9)}, False),
            ({"school_state": "休学"}, False),
            ({}, None),
        ],
    )
    def test_suspected_dropout_until_back_at_school(self, facts_of, row, suspected):
        facts = facts_of("education", "dropout_watch", [{"name": "赵小山", **row}])
        assert facts["education_suspected_dropout"] is suspected

    def test_the_latest_report_counts(self, facts_of):
        rows = [
            {"school_state": "复学", "reported_on": dt.date(2026, 10, 20)},
            {"school_state": "疑似辍学", "reported_on": dt.date(2026, 10, 8)},
        ]
        facts = facts_of("education", "dropout_watch", rows)
        assert facts["education_suspected_dropout"] is False
        assert facts["education_watch_status"] == "复学"

    def test_taught_at_home_is_schooled(self, facts_of):
        facts = facts_of("education", "dropout_watch", [{"school_state": "送教上门"}])
        assert facts["education_schooled_otherwise"] is True


class TestHousing:
    @pytest.mark.parametrize(
        ("house", "dangerous"),
        [
            ({"grade": "D", "lived_in": True}, True),
            ({"grade": "C"}, True),
            ({"grade": "D", "lived_in": False}, False),
            ({"grade": "D", "renovation_status": "改造中"}, True),
            ({"grade": "D", "renovation_status": "已竣工"}, False),
            ({"grade": "D", "accepted_on": dt.date(2025, 11, 1)}, False),
            ({"grade": "B", "lived_in": True}, False),
            ({"lived_in": True}, None),
        ],
    )
    def test_dangerous_and_lived_in(self, facts_of, house, dangerous):
        facts = facts_of("housing", "assessment", [{"name": "赵大山", **house}])
        assert facts["housing_dangerous_lived_in"] is dangerous

    def test_of_several_houses_the_worst_that_is_lived_in(self, facts_of):
        rows = [{"grade": "D", "lived_in": False}, {"grade": "A"}, {"grade": "B", "lived_in": True}]
        facts = facts_of("housing", "assessment", rows)
        assert (facts["housing_worst_grade"], facts["housing_worst_rank"]) == ("B", 2)
        assert facts["housing_safe_house_too"] is True

    def test_not_in_the_register(self, facts_of):
        facts = facts_of("housing", "assessment", [])
        assert facts["housing_dangerous_lived_in"] is False
        assert facts["housing_worst_grade"] is None


class TestWater:
    @pytest.mark.parametrize(
        ("row", "unsafe"),
        [
            (GOOD, False),
            ({**GOOD, "quality": "不达标"}, True),
            ({**GOOD, "quality": "不达标", "safe": True}, True),
            ({**GOOD, "quality": None}, None),
            ({**GOOD, "quality": None, "safe": True}, False),
            ({"safe": False}, True),
            ({"safe": True}, False),
            ({}, None),
        ],
    )
    def test_one_indicator_fails_the_household(self, facts_of, row, unsafe):
        facts = facts_of("water", "household_supply", [{"name": "赵大山", **row}])
        assert facts["water_household_unsafe"] is unsafe

    def test_one_hamlet_fails_the_village(self, facts_of):
        facts = facts_of("water", "village_supply", [GOOD, {**GOOD, "quantity": "不达标"}])
        assert facts["water_village_unsafe"] is True
        assert facts["water_village_quantity_bad"] is True
        assert facts["water_village_quality_bad"] is False

    def test_stoppages_of_two_works_are_not_added_up(self, facts_of):
        rows = [
            {"period": month, "project_name": works, "stoppage_days": days}
            for month, works, days in [
                ("2026-09", "一号水井", 10),
                ("2026-09", "二号水井", 6),
                ("2026-10", "一号水井", 8),
                ("2026-10", "二号水井", 4),
            ]
        ]
        facts = facts_of("water", "village_supply", rows)
        assert facts["water_village_stoppage_days_year"] == 14
        assert facts["water_village_stoppage_days_month"] == 8


class TestWork:
    def test_a_job_without_a_start_is_before_no_other(self, facts_of):
        rows = [
            {"worked": True, "ended_on": dt.date(2026, 8, 1)},
            {"worked": True, "started_on": dt.date(2026, 3, 1)},
        ]
        assert facts_of("national", "work", rows)["national_work_overlaps"] is False
        rows[0]["started_on"] = dt.date(2026, 1, 1)
        assert facts_of("national", "work", rows)["national_work_overlaps"] is True

    def test_a_job_without_a_county_hides_none_outside(self, facts_of):
        rows = [
            {"county": "样例县", "work_county": "龙岗区", "started_on": dt.date(2026, 3, 1)},
            {"county": "样例县", "started_on": dt.date(2026, 5, 1)},
            {"county": "样例县", "work_county": "样例县", "started_on": dt.date(2026, 7, 1)},
        ]
        facts = facts_of("national", "work", rows)
        assert facts["national_work_outside"] is True
        assert facts["national_work_outside_last_start"] == dt.date(2026, 3, 1)

    @pytest.mark.parametrize(
        ("home", "work_county", "outside"),
        [
            ("样例县", "龙岗区", True),
            ("样例县", "广东省深圳市龙岗区", True),
            ("样例县", "样例县", False),
            ("样例县", "某省某市样例县", False),
            ("开县", "重庆市开县", False),
        ],
    )
    def test_a_county_may_be_written_with_its_province(self, facts_of, home, work_county, outside):
        row = {"county": home, "work_county": work_county, "worked": True, "channel": "帮扶车间"}
        facts = facts_of("national", "work", [row])
        assert facts["national_work_outside"] is outside
        assert facts["national_work_outside_post"] is outside

    @pytest.mark.parametrize(("worked", "held"), [(True, True), (None, True), (False, False)])
    def test_who_has_stopped_working_holds_no_post(self, facts_of, worked, held):
        row = {"county": "样例县", "channel": "公益性岗位", "worked": worked}
        assert facts_of("national", "work", [row])["national_work_public_post"] is held

    @pytest.mark.parametrize(
        ("in_list", "in_roster", "outside"),
        [
            (None, "样例县", True),
            (None, "龙岗区", False),
            ("龙岗区", "样例县", False),
            (None, None, None),
        ],
    )
    def test_where_the_list_does_not_tell_the_county_the_roster_does(
        self, facts_of, in_list, in_roster, outside
    ):
        row = {"county": in_list, "work_county": "龙岗区"}
        facts = facts_of("national", "work", [row], county=in_roster)
        assert facts["national_work_outside"] is outside

    @pytest.mark.parametrize(
        ("county", "vague"),
        [
            ("广东省", True),
            ("广东省深圳市", True),
            ("新疆维吾尔自治区", True),
            ("贵州省贵阳市", True),
            ("贵州省黔南布依族苗族自治州", True),
            ("广东省深圳市龙岗区", False),
            ("浙江省金华市义乌市", False),
            ("贵州省黔南布依族苗族自治州都匀市", False),
            ("浙江省义乌市", False),
            ("深圳市", True),
            ("呼和浩特市", True),
            ("上海市", True),
            ("广东", True),
            ("四川省峨眉山市", False),
            ("广东省东莞市", False),
            ("广东省东莞市长安镇", False),
            ("江西省景德镇市", True),
            ("义乌市", False),
            ("龙岗区", False),
            (None, False),
        ],
    )
    def test_a_county_that_names_only_province_or_city(self, facts_of, county, vague):
        row = {"worked": True, "work_county": county}
        facts = facts_of("national", "work", [row], work_place=county)
        assert facts["national_work_county_vague"] is vague
        assert facts["work_place_county"] is (None if county is None else not vague)


class TestRosterRows:
    @pytest.mark.parametrize(
        ("row", "monitored", "cleared"),
        [
            ({}, False, False),
            ({"monitor_type": "边缘易致贫户", "risk_cleared": False}, True, False),
            ({"monitor_type": "边缘易致贫户", "risk_cleared": True}, False, True),
            ({"monitor_type": "边缘易致贫户"}, True, False),
            ({"monitor_type": "边缘易致贫户", "cleared_on": dt.date(2026, 3, 1)}, False, True),
            (
                {
                    "monitor_type": "边缘易致贫户",
                    "risk_cleared": False,
                    "cleared_on": dt.date(2026, 3, 1),
                },
                True,
                False,
            ),
        ],
    )
    def test_monitored_and_cleared(self, derived_of, row, monitored, cleared):
        facts = derived_of(**row)
        assert (facts["monitored"], facts["cleared"]) == (monitored, cleared)

    @pytest.mark.parametrize(
        ("born", "labour", "able"),
        [
            ("1980-05-01", "弱劳动力或半劳动力", True),
            ("1980-05-01", "丧失劳动力", False),
            ("1980-05-01", None, None),
            ("2010-11-01", None, False),
            ("2010-10-31", None, None),
            (None, "普通劳动力", True),
        ],
    )
    def test_able_to_work(self, derived_of, born, labour, able):
        birth_date = dt.date.fromisoformat(born) if born else None
        assert derived_of(birth_date=birth_date, labour=labour)["can_work"] is able

    @pytest.mark.parametrize(
        ("period", "born", "years"),
        [
            ("2026-10", "2020-08-31", 6),
            ("2026-10", "2020-09-01", 5),
            ("2026-08", "2020-08-31", 5),
            ("2026-09", "2020-08-31", 6),
        ],
    )
    def test_age_at_the_start_of_the_school_year(self, derived_of, period, born, years):
        facts = derived_of(Period.parse(period), birth_date=dt.date.fromisoformat(born))
        assert facts["school_age"] == years

    def test_uninsured_only_when_both_insurances_are_said_to_be_missing(self, derived_of):
        assert (
            derived_of(resident_medical=False, employee_medical=False)["roster_uninsured"] is True
        )
        assert derived_of(resident_medical=False)["roster_uninsured"] is None
        assert derived_of(resident_medical=True)["roster_uninsured"] is False
