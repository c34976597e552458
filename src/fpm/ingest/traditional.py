"""Characters of headers in traditional form: 身份證號 is 身份证号.

Source: ``t2s`` of opencc, for the characters that the headers of the shipped layouts have. The
library itself takes 70 ms to load, more than most headers take to find.
"""

from __future__ import annotations

from typing import Final

_TRADITIONAL: Final = (
    "乾佈來係個備傢傷傾價償兌兒內冊別剛創劃動務勞勵勸區厠厤參員問單噹嚮嚴國圍圖埰執報"
    "場塊壞奬學寀實審專對層屬崗師帳帶幫幹廁廠廣彆後從復態應戶採損撫擔據敎數斷旂時曆曏"
    "書會査條業榦構標機檔檢檯權歷殘毀決況減測準漲漸濟瀝災為無營燬爲狀獎獲現產産畢當療"
    "發監睏確碼礎稅種稱積穩穫箇範築簽籌籤紅納純級細組結絕給統絶經綜綫網線編緯緻縣總織"
    "繫繳義聯職脫臨臺與蓋處號衕衛補複覈規視親計託記訪設訴診註証評話詳認說説課調請論講"
    "證識譭護讀變負財貧責費貼資賠質賬購蹤車軍輛輟輸輿轉辦農進運過達適遷還鄉醫銀銷錄録"
    "錶鎭鎮鑑鑒長開間閤關階險隱離難電項領頭題額類風颱飲養饋驗體髮點齡"
)
_SIMPLIFIED: Final = (
    "干布来系个备家伤倾价偿兑儿内册别刚创划动务劳励劝区厕历参员问单当向严国围图采执报"
    "场块坏奖学采实审专对层属岗师帐带帮干厕厂广别后从复态应户采损抚担据教数断旗时历向"
    "书会查条业干构标机档检台权历残毁决况减测准涨渐济沥灾为无营毁为状奖获现产产毕当疗"
    "发监困确码础税种称积稳获个范筑签筹签红纳纯级细组结绝给统绝经综线网线编纬致县总织"
    "系缴义联职脱临台与盖处号同卫补复核规视亲计托记访设诉诊注证评话详认说说课调请论讲"
    "证识毁护读变负财贫责费贴资赔质账购踪车军辆辍输舆转办农进运过达适迁还乡医银销录录"
    "表镇镇鉴鉴长开间合关阶险隐离难电项领头题额类风台饮养馈验体发点龄"
)
SIMPLIFIED: Final = str.maketrans(_TRADITIONAL, _SIMPLIFIED)
"""For ``str.translate``."""
