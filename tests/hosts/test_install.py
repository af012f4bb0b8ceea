"""Files for other programs are put there and taken away, and nothing of the user's is ever lost."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.version import __version__
from deepsing_bridge.hosts.bundled import PLUGINS, SHARED, plan_install, plan_uninstall, record_file, shipped, state
from deepsing_bridge.hosts.install import carry_out, installing
from deepsing_bridge.hosts.locations import NAMES, Machine, Name, find

HOME = Path("/home/ada")
PAIRS = [(name, system) for name in NAMES for system in ("linux", "darwin", "win32")]
PAIRS.remove(("touchdesigner", "linux"))


def machine(system: str, home: Path = HOME, **environment: str) -> Machine:
    return Machine(system, home, home / "Dokumente", environment)


@pytest.fixture
def plugins(tmp_path: Path) -> Path:
    """Something to ship for each host, beside what is not shipped."""
    for name, files in {
        "resolve": ("a.py", "b.lua"),
        "touchdesigner": ("build.py",),
        "reaper": ("c.ReaperOSC",),
    }.items():
        folder = tmp_path / "shipped" / name
        folder.mkdir(parents=True)
        for file in (*files, "README.md"):
            (folder / file).write_text(f"{file}, first version\n")
    return tmp_path / "shipped"


@pytest.fixture(autouse=True)
def nothing_installed() -> Iterator[None]:
    yield
    for name in NAMES:
        record_file(name).unlink(missing_ok=True)


@pytest.fixture
def ada(tmp_path: Path) -> Machine:
    """A Linux machine on which Resolve was started once, before it had a folder for scripts."""
    (tmp_path / "ada/.local/share/DaVinciResolve").mkdir(parents=True)
    return machine("linux", tmp_path / "ada")


def done(steps: object) -> list[str]:
    """Carries steps out; what was done to which file, in a word each."""
    return [f"{step.verb} {step.path.name}" for step in carry_out(steps)]  # type: ignore[arg-type]


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.mark.parametrize("name", NAMES)
def test_there_is_something_to_ship(name: Name) -> None:
    assert all(path.is_file() for path in shipped(name).values())
    assert "README.md" not in shipped(name)


@pytest.mark.parametrize(("name", "system"), PAIRS)
def test_install_and_uninstall_leave_a_machine_as_it_was(
    name: Name, system: str, plugins: Path, tmp_path: Path
) -> None:
    there = machine(system, tmp_path / "ada")
    location = find(name, there)
    location.own.mkdir(parents=True)
    (location.own / "the host's own.txt").write_text("mine")
    before = contents(tmp_path / "ada")
    done(plan_install(name, there, plugins=plugins))
    assert contents(location.folder) == {file: path.read_bytes() for file, path in shipped(name, plugins).items()}
    assert state(name, there, plugins) == f"installed, same version ({__version__}): {location.folder}"
    done(plan_uninstall(name))
    assert contents(tmp_path / "ada") == before
    assert not location.folder.exists()
    assert state(name, there, plugins) == f"not installed: would go to {location.folder}"


def test_nothing_is_made_for_a_host_that_was_never_started(plugins: Path, tmp_path: Path) -> None:
    there = machine("linux", tmp_path / "ada")
    with pytest.raises(
        BridgeError, match="DaVinciResolve: not there; DaVinci Resolve makes it when it is first started"
    ):
        plan_install("resolve", there, plugins=plugins)
    assert "was never started" in state("resolve", there, plugins)
    assert not (tmp_path / "ada").exists()


def test_another_folder_needs_no_host(plugins: Path, tmp_path: Path) -> None:
    share = tmp_path / "a share/td"
    assert done(plan_install("touchdesigner", machine("linux"), share, plugins)) == [
        "make a share",
        "make td",
        "write build.py",
        *(f"write {file.name}" for file in SHARED["touchdesigner"]),
        "note touchdesigner.json",
    ]
    assert {"client.py", "lake.fs"} <= {file.name for file in share.iterdir()}
    assert str(share) in state("touchdesigner", machine("linux"), plugins)
    done(plan_uninstall("touchdesigner"))
    assert not (tmp_path / "a share").exists()


def test_two_folders_at_once_are_refused(ada: Machine, plugins: Path, tmp_path: Path) -> None:
    done(plan_install("resolve", ada, plugins=plugins))
    with pytest.raises(BridgeError, match="Utility: installed there already"):
        plan_install("resolve", ada, tmp_path / "elsewhere", plugins)
    assert not (tmp_path / "elsewhere").exists()


def test_planning_changes_nothing(ada: Machine, plugins: Path) -> None:
    steps = plan_install("resolve", ada, plugins=plugins)
    assert [str(step).split()[0] for step in steps] == ["make"] * 3 + ["write"] * 2 + ["note"]
    assert contents(ada.home) == {}
    assert not record_file("resolve").exists()


def test_installing_twice_is_installing_once(ada: Machine, plugins: Path) -> None:
    done(plan_install("resolve", ada, plugins=plugins))
    first = contents(ada.home), record_file("resolve").read_text()
    assert done(plan_install("resolve", ada, plugins=plugins)) == ["same a.py", "same b.lua", "note resolve.json"]
    assert (contents(ada.home), record_file("resolve").read_text()) == first


def test_a_new_version_takes_the_old_ones_place(ada: Machine, plugins: Path) -> None:
    done(plan_install("resolve", ada, plugins=plugins))
    (plugins / "resolve/a.py").write_text("second version\n")
    (plugins / "resolve/b.lua").rename(plugins / "resolve/c.lua")
    assert "installed, another build; install again" in state("resolve", ada, plugins)
    assert done(plan_install("resolve", ada, plugins=plugins)) == [
        "update a.py",
        "write c.lua",
        "remove b.lua",
        "note resolve.json",
    ]
    assert sorted(path.name for path in find("resolve", ada).folder.iterdir()) == ["a.py", "c.lua"]


def test_another_versions_number_is_told(ada: Machine, plugins: Path) -> None:
    (plugins / "resolve/a.py").write_text("version before\n")
    folder = find("resolve", ada).folder
    done(installing(shipped("resolve", plugins), folder, "0.0.9", record_file("resolve")))
    (plugins / "resolve/a.py").write_text("this version\n")
    assert state("resolve", ada, plugins) == (
        f"installed, another version (0.0.9, this is {__version__}); install again: {folder}"
    )


def test_a_file_of_the_same_name_is_kept(ada: Machine, plugins: Path) -> None:
    folder = find("resolve", ada).folder
    folder.mkdir(parents=True)
    (folder / "a.py").write_text("somebody else's")
    assert done(plan_install("resolve", ada, plugins=plugins))[:2] == ["keep a.py", "write a.py"]
    assert (folder / "a.py.before-deepsing").read_text() == "somebody else's"
    done(plan_uninstall("resolve"))
    assert contents(folder) == {"a.py.before-deepsing": b"somebody else's"}


def test_a_folder_or_a_dead_link_of_the_same_name_is_kept_too(ada: Machine, plugins: Path) -> None:
    folder = find("resolve", ada).folder
    (folder / "a.py").mkdir(parents=True)
    (folder / "b.lua").symlink_to(folder / "nowhere")
    done(plan_install("resolve", ada, plugins=plugins))
    assert (folder / "a.py.before-deepsing").is_dir()
    assert (folder / "b.lua.before-deepsing").is_symlink()
    assert (folder / "b.lua").read_text() == "b.lua, first version\n"


def test_changes_by_hand_are_told_and_kept(ada: Machine, plugins: Path) -> None:
    done(plan_install("resolve", ada, plugins=plugins))
    mine = find("resolve", ada).folder / "a.py"
    for number, kept in enumerate(("a.py.before-deepsing", "a.py.before-deepsing-2")):
        mine.write_text(f"my own {number}")
        assert "a.py was changed by hand" in state("resolve", ada, plugins)
        done(plan_install("resolve", ada, plugins=plugins))
        assert mine.read_text() == "a.py, first version\n"
        assert mine.with_name(kept).read_text() == f"my own {number}"


def test_what_was_changed_is_not_removed(ada: Machine, plugins: Path) -> None:
    done(plan_install("resolve", ada, plugins=plugins))
    folder = find("resolve", ada).folder
    (folder / "a.py").write_text("my own")
    assert done(plan_uninstall("resolve")) == ["leave a.py", "remove b.lua", "remove resolve.json"]
    assert contents(folder) == {"a.py": b"my own"}


def test_a_file_that_is_gone_is_told_and_no_hindrance(ada: Machine, plugins: Path) -> None:
    done(plan_install("resolve", ada, plugins=plugins))
    (find("resolve", ada).folder / "a.py").unlink()
    assert "a.py is gone" in state("resolve", ada, plugins)
    assert done(plan_uninstall("resolve"))[:2] == ["gone a.py", "remove b.lua"]


def test_uninstalling_what_is_not_there() -> None:
    with pytest.raises(BridgeError, match="not installed"):
        plan_uninstall("reaper")


def test_files_appear_whole(ada: Machine, plugins: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fails in the middle leaves the old version, and no half of the new one."""
    done(plan_install("resolve", ada, plugins=plugins))
    before = contents(ada.home)
    (plugins / "resolve/a.py").write_text("second version\n")

    def half(source: Path, part: Path) -> None:
        part.write_bytes(source.read_bytes()[:3])
        raise OSError(5, os.strerror(5))

    monkeypatch.setattr("shutil.copyfile", half)
    with pytest.raises(BridgeError, match=r"a\.py: cannot be written \(Input/output error\)"):
        done(plan_install("resolve", ada, plugins=plugins))
    assert contents(ada.home) == before


def test_a_folder_that_cannot_be_made_is_named(plugins: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(BridgeError, match="file"):
        done(installing(shipped("reaper", plugins), tmp_path / "file/OSC", "1", tmp_path / "record.json"))
    assert not (tmp_path / "record.json").exists()


def test_a_folder_that_holds_nothing_for_a_host_is_named(tmp_path: Path) -> None:
    (tmp_path / "reaper").mkdir()
    with pytest.raises(BridgeError, match="holds nothing for Reaper"):
        shipped("reaper", tmp_path)


def test_records_hold_the_digests_of_what_is_there(ada: Machine, plugins: Path) -> None:
    done(plan_install("resolve", ada, plugins=plugins))
    facts = json.loads(record_file("resolve").read_text())
    assert facts["version"] == __version__
    assert set(facts["files"]) == {"a.py", "b.lua"}


def test_what_is_bundled_is_the_checkouts() -> None:
    assert (PLUGINS / "reaper/deepsing.ReaperOSC").is_file()
