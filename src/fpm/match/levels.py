"""Levels of agreement of each kind of evidence, and what each says."""

from __future__ import annotations

from typing import Final

OWN, OWNER_SHARED, MATE, STRANGER = 1, 2, 3, 4
"""Whose valid number the query carries, seen from the candidate; 0 = nobody's."""

PLACE_TITLES: Final = (
    "村一致",
    "村名一致（未填乡镇）",
    "村同名但属另一乡镇",
    "乡镇一致（未填村）",
    "同乡镇不同村",
    "村不同",
    "乡镇不同",
    "",
    "所填住址不在花名册各乡镇",
)
(
    SAME_VILLAGE,
    VILLAGE_ONLY,
    VILLAGE_ELSEWHERE,
    SAME_TOWN,
    OTHER_VILLAGE,
    VILLAGE_DIFFERS,
    OTHER_TOWN,
    NO_PLACE,
    NOT_HERE,
) = range(9)
PLACES: Final = 9
SAME_PLACE: Final = (SAME_VILLAGE, VILLAGE_ONLY, SAME_TOWN)

BIRTH_TITLES: Final = (
    "",
    "出生日期一致",
    "出生月日颠倒或一处不同",
    "出生年份一致而月日不同",
    "出生日期不同",
)
NO_BIRTH, SAME_BIRTH, NEAR_BIRTH, SAME_YEAR, OTHER_BIRTH = range(5)

SEX_TITLES: Final = ("", "", "性别不同")
HEAD_TITLES: Final = ("", "户主（监护人）一致", "户主姓名相近", "户主不同", "监护人不在其户")
PHONE_TITLES: Final = ("", "电话一致", "电话不同")
HOUSE_TITLES: Final = ("", "户编号一致", "户编号不同")
PERSON_TITLES: Final = ("", "人编号一致", "人编号不同")
NOTHING, BEARER_BESIDE, MATE_BESIDE, NUMBER_BESIDE, OTHER_BESIDE = range(5)
"""Levels: nothing of the kind; the candidate's number is on the row, and he is named beside it; he
is a mate of such a one; his number stands beside, on the row of somebody else; where the row's own
number must stand, another one does."""
BESIDE_TITLES: Final = (
    "",
    "此人就在相邻行（证件号疑似错行）",
    "所填证件号属相邻行的人（疑似错行）",
    "此人的证件号在相邻行（疑似错行）",
    "错行前的证件号不是此人的",
)
HOME_BESIDE_TITLES: Final = ("", "相邻行是其户中的人")
OWNER_TITLES: Final = ("", "证件号一致", "证件号为多人共用", "证件号属同户成员", "证件号属另一人")

NO_KIN, LIKE_NAME, OTHER_NAME = range(3)

KINDS: Final = (
    "name",
    "id",
    "birth",
    "place",
    "sex",
    "head",
    "phone",
    "house",
    "person",
    "kin",
    "beside",
)
"""Kinds of evidence, each a UInt8 column of a pair."""
