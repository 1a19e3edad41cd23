from kdiag.render.table import Cell, Column, shortened, table

NAME = Column("NAME", least=5)
COLUMNS = (NAME, Column("LAG", is_number=True), Column("RATE", is_number=True, rank=1))


def test_a_table_is_as_wide_as_it_is_where_no_width_is_given():
    made = table(COLUMNS, [["a-long-name", "1,000", "2.5"], ["b", "7", "10"]], None, False)

    assert made.lines == (
        "NAME           LAG  RATE",
        "a-long-name  1,000   2.5",
        "b                7    10",
    )
    assert made.left_out == ()


def test_names_are_shortened_in_their_middle_before_a_column_is_left_out():
    made = table(COLUMNS, [["a-long-name", "1,000", "2.5"]], 20, False)

    assert made.lines[1] == "a-l\u2026ame  1,000   2.5"
    assert all(len(line) <= 20 for line in made.lines)


def test_the_column_of_the_highest_rank_is_left_out_and_named():
    made = table(COLUMNS, [["a-long-name", "1,000", "2.5"]], 14, False)

    assert made.left_out == ("RATE",)
    assert all(len(line) <= 14 for line in made.lines)


def test_nothing_of_a_name_reaches_the_terminal_but_what_can_be_printed():
    made = table([NAME], [["a\x1b[2Jb\nc"]], None, False)

    assert made.lines[1] == "a\\x1b[2Jb c"


def test_colour_takes_no_cells():
    row = [Cell("a", "warning"), "1", "2"]

    plain, colored = (table(COLUMNS, [row], None, color) for color in (False, True))

    assert "\x1b[33ma\x1b[0m" in colored.lines[1]
    assert colored.lines[1].replace("\x1b[33ma\x1b[0m", "a") == plain.lines[1]


def test_wide_characters_count_as_two():
    assert shortened("\u6f22\u5b57\u6f22\u5b57", 5) == "\u6f22\u2026\u5b57"
