"""The pages of 未回答, for the console's table of contents."""

from handlers.console import (
    review,
    review_answer,
    review_approval,
    review_cluster,
    review_new,
    review_samples,
    review_unmerge,
)

SECTIONS = (
    review.section,
    review_cluster.section,
    review_answer.section,
    review_new.section,
    review_approval.section,
    review_samples.section,
    review_unmerge.section,
)
