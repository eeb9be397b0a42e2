"""Names of people and firms, put together from short lists of common characters."""

from __future__ import annotations

from typing import Any

import numpy as np

from yiwang.data.synth.columns import join, pick, where
from yiwang.data.synth.draws import I64, Bool, below, unit, weighted

SURNAMES = tuple(
    "王李张刘陈杨赵孙周吴徐马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔谭陆"
)
# Rank-size weights: a plain assumption, common surnames first.
SURNAME_WEIGHTS = [1.0 / (rank + 4) for rank in range(len(SURNAMES))]
MALE = tuple("伟强磊军勇杰涛明超刚平辉鹏华飞鑫波斌宇浩凯健俊帆帅旭宁龙林阳建国志文海峰山东振新成德福")
FEMALE = tuple("芳娜敏静丽艳霞玲婷雪慧颖莹琳晶红梅秀兰英凤玉桂云洁倩佳欣怡悦彤丹璐萍燕娟花春珍琴")
EITHER = tuple("子晓文雨思嘉家永春庆学景安立长世天一可若")
# Two ways of writing that clerks mix up; used for the hard errors.
LOOKALIKES = dict(
    zip("伟强军勇杰明辉华飞波玉丽艳玲敏静红梅燕娟", "玮彊君涌洁铭晖桦非泊钰莉燕铃闽靖虹媒艳涓", strict=True)
)

# Every firm of the city carries the mark 拟 (simulated), which no registrar's guide offers as a trade name.
BRAND_MARK = "拟"
BRANDS = tuple("安泰丰盛恒昌瑞祥顺达宏远嘉禾金穗北岸江畔永兴广源同济和美春晖")
TRADES = (
    ("商贸", "日用百货、五金产品、食品销售"),
    ("农业科技", "农业技术推广服务;农药、化肥、种子销售"),
    ("粮食贸易", "粮食收购、仓储、烘干、销售"),
    ("物流", "普通货物道路运输、装卸搬运、仓储服务"),
    ("建筑工程", "房屋建筑工程、市政公用工程施工"),
    ("边贸", "货物进出口、边境小额贸易"),
    ("渔业", "水产养殖、水产品加工、销售"),
    ("餐饮服务", "餐饮服务;卷烟零售"),
    ("农机服务", "农业机械作业、维修、租赁"),
    ("旅游服务", "旅游信息咨询、票务代理、住宿"),
    ("物业管理", "物业管理、供热服务、保洁服务"),
    ("木业", "木制品加工、销售"),
)
_KINDS = ("有限公司", "商店", "农民专业合作社")


def surnames(seed: int, stream: str, index: I64) -> I64:
    return weighted(unit(seed, stream, index), SURNAME_WEIGHTS)


def person_names(seed: int, index: I64, surname: I64, male: Bool) -> Any:
    """Surname and a given name of one or two characters."""
    own = where(
        male,
        pick(MALE, below(seed, "given/male", index, len(MALE))),
        pick(FEMALE, below(seed, "given/female", index, len(FEMALE))),
    )
    first = where(
        unit(seed, "given/first", index) < 0.5,
        pick(EITHER, below(seed, "given/either", index, len(EITHER))),
        where(
            male,
            pick(MALE, below(seed, "given/male2", index, len(MALE))),
            pick(FEMALE, below(seed, "given/female2", index, len(FEMALE))),
        ),
    )
    two = unit(seed, "given/length", index) < 0.82
    return join(pick(SURNAMES, surname), where(two, first, pick([""], np.zeros_like(index))), own)


def firm_names(seed: int, index: I64, kind: I64) -> Any:
    """Names of firm indexes; kind is 1 firm, 2 sole trader, 3 cooperative."""
    trade = below(seed, "firm/trade", index, len(TRADES))
    brand = [below(seed, f"firm/brand{turn}", index, len(BRANDS)) for turn in (1, 2)]
    words = [name for name, _ in TRADES]
    return join(
        "同江市", BRAND_MARK, pick(BRANDS, brand[0]), pick(BRANDS, brand[1]), pick(words, trade), pick(_KINDS, kind - 1)
    )
