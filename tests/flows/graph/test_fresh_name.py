"""Names for new tensors."""

from flows.graph.fresh_name import fresh_name


def test_a_name_that_is_taken_gets_the_first_number_that_is_free():
    taken = {"x", "x_1", "y_1"}
    assert [fresh_name(name, taken) for name in ("y", "x", "x", "x_2")] == [
        "y",
        "x_2",
        "x_3",
        "x_2_1",
    ]
    assert taken == {"x", "x_1", "x_2", "x_2_1", "x_3", "y", "y_1"}
