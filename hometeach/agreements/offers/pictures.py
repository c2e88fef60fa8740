"""Which picture stands beside a point of the page in plain words, for whoever reads little?

Pure. Found by the words of the question, because a bureau writes its own page:
the first line of the table that has one of them. Where none has there is no
picture; the words stand for themselves in any case.
"""

#: Of each picture the words of a question that it stands for. The order decides: “谁来教” holds “教” as well.
PICTURES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("photo", ("拍照", "照片", "录像", "影像")),
    ("money", ("钱", "收费", "免费")),
    ("leave", ("退出", "不签")),
    ("ask", ("找谁", "有问题", "有意见", "投诉", "电话")),
    ("dates", ("哪天", "期限", "到期")),
    ("often", ("多久", "几次", "多长", "什么时候", "时间")),
    ("place", ("哪里", "哪儿", "在哪", "地点")),
    ("teacher", ("谁来", "谁教", "老师是")),
    ("learning", ("教什么", "学什么", "教些什么")),
    ("duty", ("我要做", "要做什么", "家长要")),
    ("agreement", ("这是什么", "是什么", "协议")),
)


def picture_of(question: str) -> str:
    """The name of the picture beside this question; empty where there is none."""
    return next((name for name, words in PICTURES if any(word in question for word in words)), "")
