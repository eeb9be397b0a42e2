"""The twelve lists the departments of the city bring. Field ids are stable: the built-in resources use the same ones.

docs/explanation/synthetic-city.md prints this file as a table; a test compares the two.
"""

from __future__ import annotations

from yiwang.data.synth.shapes import Field, Identity, ListSpec

SEXES = ("男", "女")
PEOPLE = "resident-register.resident_id"
FIRMS = "legal-person-registration.credit_code"

RESIDENTS = ListSpec(
    resource="resident-register", title="人口登记表", title_en="Register of residents",
    department="公安局", owner="public-security",
    form="csv", encoding="utf-8-sig", key="resident_id", before=(("birth_date", "registered_on"),),
    identities=(Identity("resident_id", sex="sex", born="birth_date"),),
    fields=(
        Field("resident_id", "公民身份号码", "resident-id"),
        Field("name", "姓名", "name"),
        Field("sex", "性别", "choice", choices=SEXES),
        Field("birth_date", "出生日期", "date"),
        Field("nationality", "民族", "choice", choices=("汉族", "满族", "朝鲜族", "赫哲族", "蒙古族", "回族")),
        Field("household_id", "户号"),
        Field("relation", "与户主关系", "choice", choices=("户主", "配偶", "子", "女", "父亲", "母亲")),
        Field("division", "住址区划代码", "division", label="区划代码"),
        Field("address", "住址", label="地址"),
        Field("mobile", "联系电话", "mobile", label="手机号", required=False),
        Field("registered_on", "登记日期", "date"),
    ),
)  # fmt: skip

HOUSEHOLDS = ListSpec(
    resource="household-register", title="户籍登记表", title_en="Register of households",
    department="公安局", owner="public-security",
    form="csv", encoding="gb18030", key="household_id", date_style="compact",
    fields=(
        Field("household_id", "户号"),
        Field("head_id", "户主身份证号", "resident-id", references=PEOPLE),
        Field("head_name", "户主姓名", "name"),
        Field("household_kind", "户别", "choice", label="户类型", choices=("家庭户", "集体户")),
        Field("members", "户内人口", "integer", label="人数", low=1, high=20),
        Field("division", "行政区划", "division", label="区划代码"),
        Field("address", "户籍地址", label="地址"),
        Field("established_on", "立户时间", "date", label="立户日期"),
    ),
)  # fmt: skip

LOW_INCOME = ListSpec(
    resource="low-income-allowance", title="城乡居民最低生活保障对象花名册", title_en="Households on the minimum allowance",
    department="民政局", owner="civil-affairs",
    form="xlsx", key="certificate_no", heading=("同江市城乡居民最低生活保障对象花名册",),
    before=(("start_on", "review_on"),),
    fields=(
        Field("certificate_no", "低保证号"),
        Field("applicant_id", "申请人身份证号", "resident-id", references=PEOPLE),
        Field("applicant_name", "申请人", "name", label="申请人姓名"),
        Field("allowance_kind", "低保类别", "choice", choices=("城市低保", "农村低保")),
        Field("members", "保障人数", "integer", low=1, high=20),
        Field("monthly_income", "家庭月收入(元)", "money", label="家庭月收入", low=0, high=20000),
        Field("monthly_amount", "月保障金额(元)", "money", label="月保障金额", low=1, high=20000),
        Field("start_on", "享受起始日", "date", label="起始日期"),
        Field("review_on", "下次复核日期", "date", label="复核日期", ahead=True),
        Field("division", "所属村(社区)代码", "division", label="区划代码"),
        Field("bank_card", "社保卡银行账号", "bank-card", label="银行卡号"),
        Field("mobile", "联系方式", "mobile", label="手机号", required=False),
    ),
)  # fmt: skip

DISABILITY = ListSpec(
    resource="disability-certificate", title="持证残疾人基本情况表", title_en="Holders of a disability certificate",
    department="残疾人联合会", owner="disabled-federation",
    form="xlsx", key="certificate_no", heading=("持证残疾人基本情况表", "填报单位:同江市残疾人联合会"),
    before=(("issued_on", "expires_on"),), identities=(Identity("holder_id", sex="sex"),), date_style="chinese",
    fields=(
        Field("certificate_no", "残疾证号", label="残疾人证号"),
        Field("holder_id", "身份证号码", "resident-id", label="身份证号", references=PEOPLE),
        Field("name", "残疾人姓名", "name", label="姓名"),
        Field("sex", "性别", "choice", choices=SEXES),
        Field("category", "残疾类别", "choice", choices=("视力", "听力", "言语", "肢体", "智力", "精神", "多重")),
        Field("level", "残疾等级", "choice", choices=("一级", "二级", "三级", "四级")),
        Field("issued_on", "发证日期", "date"),
        Field("expires_on", "有效期至", "date", ahead=True),
        Field("guardian_name", "监护人", "name", label="监护人姓名", required=False),
        Field("division", "户籍区划", "division", label="区划代码"),
    ),
)  # fmt: skip

INSURANCE = ListSpec(
    resource="social-insurance-payment", title="城镇职工社会保险缴费明细", title_en="Social insurance payments",
    department="人力资源和社会保障局", owner="human-resources",
    form="csv", gzip=True, key="payment_no", at_most=(("personal_amount", "base"),),
    fields=(
        Field("payment_no", "缴费流水号"),
        Field("resident_id", "证件号码", "resident-id", label="公民身份号码", references=PEOPLE),
        Field("name", "参保人姓名", "name", label="姓名"),
        Field("employer_code", "单位信用代码", "credit-code", label="统一社会信用代码", references=FIRMS),
        Field("employer_name", "参保单位", label="单位名称"),
        Field("insurance", "险种类型", "choice", label="险种", choices=("企业职工基本养老保险",)),
        Field("period", "费款所属期"),
        Field("base", "缴费基数", "money", low=1000, high=50000),
        Field("personal_amount", "个人缴费额", "money", label="个人缴费金额", low=1, high=10000),
        Field("employer_amount", "单位缴费额", "money", label="单位缴费金额", low=1, high=20000),
        Field("paid_on", "到账日期", "date", label="缴费日期"),
    ),
)  # fmt: skip

GRADES = ("一年级", "二年级", "三年级", "四年级", "五年级", "六年级", "初一", "初二", "初三", "高一", "高二", "高三")
SCHOOL = ListSpec(
    resource="school-enrolment", title="中小学生学籍信息表", title_en="Enrolled pupils",
    department="教育局", owner="education",
    form="csv", encoding="gb18030", key="student_no", before=(("birth_date", "enrolled_on"),), date_style="compact",
    identities=(Identity("student_id", sex="sex", born="birth_date"),),
    fields=(
        Field("student_no", "全国学籍号", label="学籍号"),
        Field("student_id", "学生身份证件号", "resident-id", label="身份证号", references=PEOPLE),
        Field("name", "学生姓名", "name", label="姓名"),
        Field("sex", "性别", "choice", choices=SEXES),
        Field("birth_date", "出生年月日", "date", label="出生日期"),
        Field("school", "就读学校", label="学校名称"),
        Field("grade", "年级", "choice", choices=GRADES),
        Field("class_no", "班号", "integer", label="班级", low=1, high=40),
        Field("enrolled_on", "入学时间", "date", label="入学日期"),
        Field("guardian_name", "家长姓名", "name", label="监护人姓名"),
        Field("guardian_mobile", "家长电话", "mobile", label="监护人手机号", required=False),
    ),
)  # fmt: skip

LEGAL_PERSONS = ListSpec(
    resource="legal-person-registration", title="市场主体登记信息", title_en="Registered firms",
    department="市场监督管理局", owner="market-supervision",
    form="csv", key="credit_code",
    fields=(
        Field("name", "企业名称"),
        Field("credit_code", "统一社会信用代码", "credit-code"),
        Field("registered_on", "注册日期", "date"),
        Field("firm_type", "企业类型", required=False),
        Field("registered_capital", "注册资金", "money", required=False),
        Field("business_scope", "经营范围", required=False),
        Field("province", "所在省份", required=False),
        Field("region", "地区", required=False),
        Field("address", "注册地址", required=False),
    ),
)  # fmt: skip

DEVICES = ("锅炉", "压力容器", "电梯", "起重机械", "场(厂)内专用机动车辆", "压力管道", "客运索道", "大型游乐设施")
EQUIPMENT = ListSpec(
    resource="special-equipment", title="特种设备使用登记台账", title_en="Special equipment in use",
    department="市场监督管理局", owner="market-supervision",
    form="tsv", key="registration_no", date_style="slash",
    before=(("made_on", "in_use_on"), ("inspected_on", "next_inspection_on")),
    fields=(
        Field("registration_no", "使用登记证编号"),
        Field("device_kind", "设备种类", "choice", choices=DEVICES),
        Field("user_name", "使用单位", label="使用单位名称"),
        Field("user_code", "使用单位代码", "credit-code", label="使用单位统一社会信用代码", references=FIRMS),
        Field("made_on", "制造日期", "date"),
        Field("in_use_on", "投用日期", "date"),
        Field("inspected_on", "检验日期", "date", label="上次检验日期"),
        Field("next_inspection_on", "下次检验日期", "date", ahead=True),
        Field("division", "所在区划", "division", label="区划代码"),
        Field("status", "使用状态", "choice", choices=("在用", "停用", "报废")),
    ),
)  # fmt: skip

EMPLOYMENT = ListSpec(
    resource="employment-registration", title="就业登记", title_en="Registered employment",
    department="人力资源和社会保障局", owner="human-resources",
    form="jsonl", key="registration_no", before=(("contract_start_on", "contract_end_on"), ("contract_start_on", "registered_on")),
    identities=(Identity("resident_id", sex="sex"),),
    fields=(
        Field("registration_no", "登记编号"),
        Field("resident_id", "身份证号", "resident-id", label="公民身份号码", references=PEOPLE),
        Field("name", "姓名", "name"),
        Field("sex", "性别", "choice", choices=SEXES),
        Field("employer_code", "用人单位统一社会信用代码", "credit-code", label="统一社会信用代码", references=FIRMS),
        Field("employer_name", "用人单位", label="单位名称"),
        Field("employment_kind", "就业形式", "choice", choices=("单位就业", "灵活就业", "个体经营")),
        Field("contract_start_on", "合同起始日期", "date"),
        Field("contract_end_on", "合同终止日期", "date", required=False, ahead=True),
        Field("monthly_wage", "月工资", "money", label="月工资", low=500, high=100000),
        Field("education", "学历", "choice", label="文化程度", choices=("小学", "初中", "高中", "大专", "本科", "研究生")),
        Field("registered_on", "就业登记日期", "date", label="登记日期"),
    ),
)  # fmt: skip

ELDERLY = ListSpec(
    resource="elderly-allowance", title="高龄津贴发放表", title_en="Allowance for the very old",
    department="民政局", owner="civil-affairs",
    form="csv", encoding="gb18030", key="allowance_no", date_style="dot",
    identities=(Identity("resident_id", born="birth_date"),), before=(("birth_date", "start_on"),),
    fields=(
        Field("allowance_no", "发放编号"),
        Field("resident_id", "老人身份证号", "resident-id", label="公民身份号码", references=PEOPLE),
        Field("name", "老人姓名", "name", label="姓名"),
        Field("birth_date", "出生年月", "date", label="出生日期"),
        Field("age_band", "年龄档次", "choice", label="年龄段", choices=("80-89周岁", "90-99周岁", "100周岁及以上")),
        Field("monthly_amount", "月津贴(元)", "money", label="月津贴金额", low=1, high=2000),
        Field("start_on", "起发日期", "date", label="起始日期"),
        Field("bank_card", "银行账号", "bank-card", label="银行卡号"),
        Field("division", "村(社区)代码", "division", label="区划代码"),
        Field("mobile", "手机", "mobile", label="手机号", required=False),
    ),
)  # fmt: skip

SUBSIDY = ListSpec(
    resource="agricultural-subsidy", title="耕地种植者补贴面积核实表", title_en="Subsidies for planted land",
    department="农业农村局", owner="agriculture",
    form="tsv", key="plot_no", date_style="iso",
    fields=(
        Field("plot_no", "地块编码"),
        Field("farmer_id", "种植者身份证号", "resident-id", label="公民身份号码", references=PEOPLE),
        Field("farmer_name", "种植者", "name", label="种植者姓名"),
        Field("division", "地块所在区划", "division", label="区划代码"),
        Field("crop", "作物", "choice", label="作物品种", choices=("大豆", "玉米", "水稻")),
        Field("area_mu", "面积(亩)", "decimal", label="种植面积", low=0.1, high=20000),
        Field("rate", "补贴标准(元/亩)", "money", label="补贴标准", low=1, high=1000),
        Field("amount", "补贴金额", "money", low=1, high=10000000),
        Field("bank_card", "一卡通账号", "bank-card", label="银行卡号"),
        Field("paid_on", "发放日期", "date"),
    ),
)  # fmt: skip

GRID = ListSpec(
    resource="grid-cells", title="网格及网格员名册", title_en="Grid cells and their workers",
    department="民政局", owner="civil-affairs",
    form="xlsx", key="grid_no", heading=("同江市网格及网格员名册",), at_most=(("households", "residents"),),
    fields=(
        Field("grid_no", "网格编号", label="网格编码"),
        Field("grid_name", "网格名称"),
        Field("division", "所属村社区划代码", "division", label="区划代码"),
        Field("worker_name", "网格员", "name", label="网格员姓名"),
        Field("worker_mobile", "网格员电话", "mobile", label="网格员手机号"),
        Field("households", "户数", "integer", low=0, high=1000000),
        Field("residents", "人数", "integer", low=0, high=3000000),
    ),
)  # fmt: skip

# In the order they are to be loaded: a list only refers to lists before it.
LISTS = (
    RESIDENTS, HOUSEHOLDS, LEGAL_PERSONS, LOW_INCOME, DISABILITY, INSURANCE, SCHOOL, EMPLOYMENT, ELDERLY, SUBSIDY, EQUIPMENT, GRID,
)  # fmt: skip
BY_RESOURCE = {spec.resource: spec for spec in LISTS}
