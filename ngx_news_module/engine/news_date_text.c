
/*
 * Copyright (C) The authors of the news module
 */


#include "news_date.h"


typedef struct {
    char         lang[4];
    const char  *format;      /* D is the day, M the month, Y the year */
    const char  *months[12];
} news_date_words_t;


static const news_date_words_t *news_date_words(news_str_t lang);
static int news_date_day_first(news_str_t lang);
static int news_date_subtag(news_str_t lang, size_t n, const char *s);
static unsigned char *news_date_print(unsigned char *p, const char *format,
    const news_civil_t *civil, const char *month);
static unsigned char *news_date_number(unsigned char *p, int n, int width);


static const news_date_words_t  news_date_languages[] = {

    { "en", "M D, Y",
      { "January", "February", "March", "April", "May", "June", "July",
        "August", "September", "October", "November", "December" } },

    { "zh", "Y年M月D日",
      { "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12" } },

    { "ja", "Y年M月D日",
      { "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12" } },

    { "ko", "Y년 M월 D일",
      { "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12" } },

    { "de", "D. M Y",
      { "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli",
        "August", "September", "Oktober", "November", "Dezember" } },

    { "fr", "D M Y",
      { "janvier", "février", "mars", "avril", "mai", "juin", "juillet",
        "août", "septembre", "octobre", "novembre", "décembre" } },

    { "es", "D de M de Y",
      { "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio",
        "agosto", "septiembre", "octubre", "noviembre", "diciembre" } },

    { "it", "D M Y",
      { "gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno",
        "luglio", "agosto", "settembre", "ottobre", "novembre",
        "dicembre" } },

    { "pt", "D de M de Y",
      { "janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho",
        "agosto", "setembro", "outubro", "novembro", "dezembro" } },

    { "nl", "D M Y",
      { "januari", "februari", "maart", "april", "mei", "juni", "juli",
        "augustus", "september", "oktober", "november", "december" } },

    { "ru", "D M Y г.",
      { "января", "февраля", "марта", "апреля", "мая", "июня", "июля",
        "августа", "сентября", "октября", "ноября", "декабря" } }
};


/* by years that begin in March, so that a leap day is a year's last */

int64_t
news_date_seconds(const news_civil_t *civil)
{
    int64_t  year, days;

    year = (int64_t) civil->year - (civil->month <= 2);

    /* the divisions below are of years not negative */

    days = year * 365 + year / 4 - year / 100 + year / 400
           + (153 * (civil->month + (civil->month > 2 ? -3 : 9)) + 2) / 5
           + civil->day - 1 - 719468;

    return ((days * 24 + civil->hour) * 60 + civil->minute) * 60
           + civil->second;
}


void
news_date_civil(int64_t seconds, news_civil_t *civil)
{
    int64_t  days, rest, era, year, day, month;

    /* counted from 1 March of the year 0, where the calendar here begins */

    seconds += INT64_C(719468) * 86400;

    if (seconds < 0) {
        seconds = 0;
    }

    days = seconds / 86400;
    rest = seconds % 86400;

    civil->weekday = (int) ((days + 3) % 7);
    civil->hour = (int) (rest / 3600);
    civil->minute = (int) (rest / 60 % 60);
    civil->second = (int) (rest % 60);

    era = days / 146097;
    day = days % 146097;
    year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    day -= year * 365 + year / 4 - year / 100;
    month = (5 * day + 2) / 153;

    civil->day = (int) (day - (153 * month + 2) / 5 + 1);
    civil->month = (int) (month < 10 ? month + 3 : month - 9);
    civil->year = (int) (era * 400 + year + (month >= 10));
}


size_t
news_date_iso(unsigned char *dst, int64_t utc)
{
    unsigned char  *p;
    news_civil_t    civil;

    news_date_civil(utc, &civil);

    p = news_date_print(dst, "Y-M-D", &civil, NULL);
    *p++ = 'T';
    p = news_date_number(p, civil.hour, 2);
    *p++ = ':';
    p = news_date_number(p, civil.minute, 2);
    *p++ = ':';
    p = news_date_number(p, civil.second, 2);
    *p++ = 'Z';

    return p - dst;
}


size_t
news_date_text(unsigned char *dst, int64_t utc, const news_zone_t *zone,
    news_str_t lang)
{
    const char               *format;
    news_civil_t              civil;
    const news_date_words_t  *words;

    news_date_civil(utc + news_zone_at(zone, utc), &civil);

    words = news_date_words(lang);

    if (words == NULL) {
        return news_date_print(dst, "Y-M-D", &civil, NULL) - dst;
    }

    format = words->format;

    if (words == news_date_languages && news_date_day_first(lang)) {
        format = "D M Y";

    } else if (civil.day == 1 && words->lang[0] == 'f') {
        format = "Der M Y";
    }

    return news_date_print(dst, format, &civil,
                           words->months[civil.month - 1]) - dst;
}


/* without a language English, as the theme's words are then */

static const news_date_words_t *
news_date_words(news_str_t lang)
{
    size_t  i, n;

    n = sizeof(news_date_languages) / sizeof(news_date_languages[0]);

    for (i = 0; i < n; i++) {
        if (lang.len == 0
            || news_date_subtag(lang, 0, news_date_languages[i].lang))
        {
            return &news_date_languages[i];
        }
    }

    return NULL;
}


/* English is written with the day first outside America */

static int
news_date_day_first(news_str_t lang)
{
    size_t  i;

    static const char  regions[][3] = {
        "gb", "au", "nz", "ie", "in", "za", "sg", "hk", "my", "mt"
    };

    for (i = 0; i < sizeof(regions) / sizeof(regions[0]); i++) {
        if (news_date_subtag(lang, 1, regions[i])) {
            return 1;
        }
    }

    return 0;
}


/* whether the nth subtag, from 0, is "s" */

static int
news_date_subtag(news_str_t lang, size_t n, const char *s)
{
    size_t  i, start;

    start = 0;

    for (i = 0; i <= lang.len; i++) {

        if (i < lang.len && lang.data[i] != '-' && lang.data[i] != '_') {
            continue;
        }

        if (n == 0) {
            return news_str_caseeqz(news_str_n(lang.data + start, i - start),
                                    s);
        }

        n--;
        start = i + 1;
    }

    return 0;
}


/* without the month's name all is numbers of fixed width */

static unsigned char *
news_date_print(unsigned char *p, const char *format,
    const news_civil_t *civil, const char *month)
{
    size_t  len;

    for ( /* void */ ; *format; format++) {

        switch (*format) {

        case 'Y':
            p = news_date_number(p, civil->year, month ? 1 : 4);
            break;

        case 'M':
            if (month == NULL) {
                p = news_date_number(p, civil->month, 2);
                break;
            }

            len = strlen(month);
            memcpy(p, month, len);
            p += len;
            break;

        case 'D':
            p = news_date_number(p, civil->day, month ? 1 : 2);
            break;

        default:
            *p++ = (unsigned char) *format;
        }
    }

    return p;
}


static unsigned char *
news_date_number(unsigned char *p, int n, int width)
{
    int            i;
    unsigned char  digits[4];

    for (i = 0; i < 4 && (i < width || n > 0); i++) {
        digits[i] = (unsigned char) ('0' + n % 10);
        n /= 10;
    }

    while (i > 0) {
        *p++ = digits[--i];
    }

    return p;
}
