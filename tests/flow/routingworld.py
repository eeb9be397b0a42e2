"""A small city's tickets, written for these tests: three matters, eight tickets each."""

from __future__ import annotations

from yiwang.flow.core.routing.router import Example

LAMPS = (
    "小区门口的路灯坏了一个星期，晚上很黑",
    "人行道地砖松动，老人摔倒了",
    "路灯不亮，请派人修理",
    "下水井盖丢失，夜里走路危险",
    "道路坑洼，路面破损严重",
    "公园的路灯白天亮晚上不亮",
    "人行道被破坏，地砖缺了三块",
    "井盖松动，车压过去很响",
)
WAGES = (
    "公司拖欠工资两个月不发",
    "老板不签劳动合同，也不交社保",
    "工地欠农民工工资，找不到人",
    "辞退员工不给补偿，劳动合同没到期",
    "加班没有加班工资",
    "单位停缴社保，养老金怎么办",
    "试用期工资没有发，老板不接电话",
    "工伤赔偿单位不肯给",
)
SMELLS = (
    "工厂夜里排放黑烟，气味刺鼻",
    "河水发臭，有人偷排污水",
    "养殖场的臭味飘进村里",
    "焚烧秸秆，烟雾很大",
    "污水直接排进江里，鱼都死了",
    "夜里工厂噪声大，废气难闻",
    "垃圾焚烧的烟味刺鼻",
    "河道漂浮垃圾，河水变黑",
)


def examples_of(**texts: tuple[str, ...]) -> list[Example]:
    return [Example(label, text) for label, some in texts.items() for text in some]


EXAMPLES = examples_of(市政=LAMPS, 劳动=WAGES, 环保=SMELLS)
