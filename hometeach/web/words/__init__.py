"""How are days, amounts, verdicts and shortfalls said to a person, in either language?

English stands in the code, Chinese in the catalogue. A page asks here rather
than writing its own sentence, so that one thing is said in one way everywhere.
"""

from hometeach.web.words.agreements import agreement_words, answer_words
from hometeach.web.words.amounts import (
    NOT_REPORTED,
    amount_words,
    enumerated,
    listed,
    number,
    percent_words,
    qualified,
    quota_words,
)
from hometeach.web.words.cases import pause_words
from hometeach.web.words.days import (
    clock_words,
    day_words,
    evidence_words,
    hours_words,
    moment_words,
    month_name,
    period_words,
    short_month_name,
    span_words,
    week_words,
    weekday_name,
)
from hometeach.web.words.ledger import (
    balance_sentence,
    cause_sentences,
    cause_words,
    owed_sentence,
    row_verdict_words,
    spoken_row,
)
from hometeach.web.words.people import (
    case_words,
    contact_words,
    disability_kind_words,
    disability_words,
    family_words,
    route_words,
    sex_words,
    standing_words,
)
from hometeach.web.words.verdicts import mode_words, verdict_sentence, verdict_words

__all__ = [
    "NOT_REPORTED",
    "agreement_words",
    "amount_words",
    "answer_words",
    "balance_sentence",
    "case_words",
    "cause_sentences",
    "cause_words",
    "clock_words",
    "contact_words",
    "day_words",
    "disability_kind_words",
    "disability_words",
    "enumerated",
    "evidence_words",
    "family_words",
    "hours_words",
    "listed",
    "mode_words",
    "moment_words",
    "month_name",
    "number",
    "owed_sentence",
    "pause_words",
    "percent_words",
    "period_words",
    "qualified",
    "quota_words",
    "route_words",
    "row_verdict_words",
    "sex_words",
    "short_month_name",
    "span_words",
    "spoken_row",
    "standing_words",
    "verdict_sentence",
    "verdict_words",
    "week_words",
    "weekday_name",
]
