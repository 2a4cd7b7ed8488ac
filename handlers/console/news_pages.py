"""The pages of お知らせ, for the console's table of contents."""

from handlers.console import (
    emergency,
    news,
    news_audience,
    news_begin,
    news_misfires,
    news_picture,
    news_series,
    news_steps,
    news_testing,
    news_write,
)

SECTIONS = (
    news.section,
    news_begin.section,
    news_write.section,
    news_audience.section,
    news_steps.section,
    news_testing.section,
    news_series.section,
    news_misfires.section,
    news_picture.section,
    emergency.section,
)
