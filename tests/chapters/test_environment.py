"""Whether the kernel has what the course needs: read from the installed package, told in words."""

from importlib.metadata import PackageNotFoundError

import pytest

from nnlib.chapters.start import environment

REQUIRES = ["numpy<3,>=2.0", "tqdm", "nbval<1,>=0.11; extra == 'course'", "sphinx; extra == 'docs'"]
FINE = {"numpy": "2.1.0", "tqdm": "4.66", "nbval": "0.11.0"}


@pytest.fixture
def kernel(monkeypatch):
    """Let the kernel have these packages, and the course require REQUIRES."""

    def has(versions, requirements=REQUIRES):
        def find(name):
            if name not in versions:
                raise PackageNotFoundError(name)
            return versions[name]

        def requires(name):
            assert name == "nnlib-course"
            if requirements is None:
                raise PackageNotFoundError(name)
            return requirements

        monkeypatch.setattr(environment, "version", find)
        monkeypatch.setattr(environment, "requires", requires)

    return has


def test_nothing_is_wrong(kernel):
    kernel(FINE)
    assert environment.kernel_problems() == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"numpy": "1.26.4"}, "numpy is 1.26.4: the course needs <3,>=2.0"),
        ({"numpy": "3.0.0"}, "numpy is 3.0.0: the course needs <3,>=2.0"),
        ({"nbval": "0.10"}, "nbval is 0.10: the course needs <1,>=0.11"),
    ],
)
def test_a_wrong_release_is_told(kernel, change, words):
    kernel(FINE | change)
    assert environment.kernel_problems() == [words]


def test_a_release_candidate_counts_as_its_release(kernel):
    kernel(FINE | {"numpy": "2.5.0rc1"})
    assert environment.kernel_problems() == []


def test_what_is_missing_is_told_one_by_one(kernel):
    kernel({"numpy": "2.1.0"})
    assert environment.kernel_problems() == [
        "tqdm is missing",
        "nbval is missing: the course needs <1,>=0.11",
    ]


def test_a_kernel_without_the_course_is_told(kernel):
    kernel(FINE, None)
    (problem,) = environment.kernel_problems()
    assert problem.startswith("nnlib-course is missing: this kernel is not the one")


def test_a_package_without_the_list_is_told(kernel):
    kernel(FINE, ["numpy<3,>=2.0"])
    (problem,) = environment.kernel_problems()
    assert problem.startswith("nnlib-course does not say what its notebooks need")
