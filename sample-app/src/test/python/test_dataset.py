"""Reading and checking of files: every fault is told by row and column."""

import datetime
import unittest

from weather.dataset import MAX_DAYS, MAX_PROBLEMS, DataError, check, load, parse

HEADER = "date,precipitation,temp_max,temp_min,wind,weather\n"
ROW = "2012-01-01,0.0,12.8,5.0,4.7,drizzle\n"


class SoundFileTest(unittest.TestCase):

    def test_a_row_becomes_a_day(self) -> None:
        day, = parse((HEADER + ROW).encode())
        self.assertEqual(day, (datetime.date(2012, 1, 1), 0.0, 12.8, 5.0, 4.7, "drizzle"))
        self.assertAlmostEqual(day.temp_mean, 8.9)

    def test_columns_may_come_in_any_order(self) -> None:
        day, = parse(b"weather,wind,temp_min,temp_max,precipitation,date\nsun,1,2,3,4,2012-01-01\n")
        self.assertEqual(day, (datetime.date(2012, 1, 1), 4.0, 3.0, 2.0, 1.0, "sun"))

    def test_days_are_sorted_by_date(self) -> None:
        days = parse((HEADER + "2012-01-02,0,2,1,1,sun\n" + ROW).encode())
        self.assertEqual([day.date.day for day in days], [1, 2])

    def test_mark_blank_lines_spaces_case_and_line_ends_are_cleaned_up(self) -> None:
        text = "\ufeff Date ,PRECIPITATION,temp_max,temp_min,wind,weather\r\n\r\n" + ROW.replace(
            ",0.0,", ", 0.0 ,").replace("drizzle", " Drizzle").replace("\n", "\r\n") + " , \r\n"
        day, = parse(text.encode())
        self.assertEqual(day.weather, "drizzle")

    def test_numbers_may_have_sign_and_exponent(self) -> None:
        day, = parse((HEADER + "2012-01-01,1e1,+5.,-.5,0,rain\n").encode())
        self.assertEqual(day[1:5], (10.0, 5.0, -0.5, 0.0))

    def test_a_parsed_file_is_kept(self) -> None:
        data = (HEADER + ROW).encode()
        self.assertIs(load(data), load(bytes(bytearray(data))))

    def test_report_of_a_sound_file(self) -> None:
        self.assertEqual(check((HEADER + ROW).encode()),
                         {"days": 1, "first": "2012-01-01", "last": "2012-01-01", "problems": []})


class FaultyFileTest(unittest.TestCase):

    def assertProblem(self, data: str | bytes, row: int, column: str | None, message: str) -> None:
        if isinstance(data, str):
            data = data.encode()
        problem, *_ = check(data)["problems"]
        self.assertEqual((problem["row"], problem["column"], problem["message"]), (row, column, message))

    def assertCell(self, row: str, column: str, message: str) -> None:
        self.assertProblem(HEADER + ROW + row, 3, column, message)

    def test_empty_file(self) -> None:
        for data in (b"", b"\n\n", b" \n", b"\xef\xbb\xbf"):
            with self.subTest(data=data):
                self.assertProblem(data, 1, None, "the file is empty")

    def test_header_alone(self) -> None:
        self.assertProblem(HEADER, 1, None, "there is no row after the header")

    def test_missing_column(self) -> None:
        self.assertProblem("date,precipitation,temp_max,wind,weather\n", 1, "temp_min",
                           "the column 'temp_min' is missing")

    def test_unknown_and_repeated_column(self) -> None:
        self.assertProblem(HEADER.replace("\n", ",snow\n"), 1, "snow", "the column 'snow' is unknown")
        self.assertProblem(HEADER.replace("\n", ",wind\n"), 1, "wind", "the column 'wind' is there 2 times")

    def test_no_header(self) -> None:
        self.assertProblem(ROW, 1, "date", "the column 'date' is missing")

    def test_wrong_number_of_fields(self) -> None:
        self.assertProblem(HEADER + ROW + "2012-01-02,0.0,10.6\n", 3, None,
                           "has 3 fields where the header has 6")
        self.assertProblem(HEADER + ROW.replace("\n", ",1\n"), 2, None,
                           "has 7 fields where the header has 6")

    def test_dates(self) -> None:
        not_a_date = "{!r} is not a date of the form YYYY-MM-DD"
        for text in ("01/02/2012", "20120102", "2012-W01-1", "2012-1-2", "２０１２-01-02", "yesterday"):
            with self.subTest(text=text):
                self.assertCell(f"{text},0,2,1,1,sun\n", "date", not_a_date.format(text))
        self.assertCell("2013-02-29,0,2,1,1,sun\n", "date", "'2013-02-29' is not a day of the calendar")
        self.assertCell(",0,2,1,1,sun\n", "date", "the value is missing")

    def test_duplicate_date_names_the_first_row(self) -> None:
        self.assertCell("2012-01-01,0,2,1,1,sun\n", "date", "2012-01-01 is also in row 2")

    def test_what_is_no_number(self) -> None:
        for text in ("warm", "1_0", "1,5".replace(",", ";"), "0x10", "１２", "--1", "1e", "\0"):
            with self.subTest(text=text):
                self.assertCell(f"2012-01-02,0,{text},1,1,sun\n", "temp_max", f"{text!r} is not a number")

    def test_numbers_that_are_not_finite(self) -> None:
        for text in ("nan", "NaN", "-inf", "Infinity"):
            with self.subTest(text=text):
                self.assertCell(f"2012-01-02,0,2,1,{text},sun\n", "wind", f"{text!r} is not a finite number")

    def test_missing_value(self) -> None:
        self.assertCell("2012-01-02,,2,1,1,sun\n", "precipitation", "the value is missing")
        self.assertCell("2012-01-02,0,2,1,1,\n", "weather", "the value is missing")

    def test_values_out_of_range(self) -> None:
        self.assertCell("2012-01-02,-0.1,2,1,1,sun\n", "precipitation", "-0.1 is not between 0 and 2000 mm")
        self.assertCell("2012-01-02,0,1e999,1,1,sun\n", "temp_max", "1e999 is not between -95 and 65 °C")

    def test_minimum_above_maximum(self) -> None:
        self.assertCell("2012-01-02,0,1.0,2.5,1,sun\n", "temp_min", "2.5 is above temp_max, 1.0")

    def test_unknown_weather(self) -> None:
        self.assertCell("2012-01-02,0,2,1,1,hail\n", "weather",
                        "'hail' is not one of drizzle, fog, rain, snow, sun")

    def test_a_long_value_is_shortened(self) -> None:
        message = check((HEADER + f"2012-01-02,0,{'9' * 5000}x,1,1,sun\n").encode())["problems"][0]["message"]
        self.assertLess(len(message), 80)

    def test_bytes_that_are_not_utf_8(self) -> None:
        data = (HEADER + ROW).encode() + b"2012-01-02,0,2,1,1,s\xfcn\n"
        self.assertProblem(data, 3, None, "the byte 0xfc is not UTF-8")
        self.assertProblem(b"\xef\xbb\xbf" + data, 3, None, "the byte 0xfc is not UTF-8")

    def test_utf_16_file(self) -> None:
        self.assertProblem((HEADER + ROW).encode("utf-16"), 1, None, "the byte 0xff is not UTF-8")

    def test_unclosed_quote(self) -> None:
        self.assertProblem(HEADER + ROW + '"2012-01-02,0,2,1,1,sun\n', 3, None,
                           "is not CSV: unexpected end of data")

    def test_all_problems_are_told_up_to_a_bound(self) -> None:
        two = check((HEADER + "2012-13-01,x,2,1,1,sun\n" + ROW).encode())["problems"]
        self.assertEqual([problem["column"] for problem in two], ["date", "precipitation"])
        many = check((HEADER + "x,x,x,x,x,x\n" * 100).encode())["problems"]
        self.assertEqual(len(many), MAX_PROBLEMS)

    def test_too_many_days(self) -> None:
        first = datetime.date(1900, 1, 1)
        rows = (f"{first + datetime.timedelta(days=i)},0,2,1,1,sun\n" for i in range(MAX_DAYS + 1))
        self.assertProblem(HEADER + "".join(rows), MAX_DAYS + 2, None, "there are more than 20000 days")

    def test_the_error_names_the_first_problem_and_counts_the_rest(self) -> None:
        with self.assertRaisesRegex(DataError, r"^row 2, column date: 'x' is not .* \(and 5 more\)$"):
            parse((HEADER + "x,x,x,x,x,x\n").encode())


if __name__ == "__main__":
    unittest.main()
