"""A folder after a loss of power, built from what power_loss.cpp has seen synced."""

import ctypes
import os
import shutil
import uuid


class timestamp(ctypes.Structure):
    _fields_ = [("sec", ctypes.c_int64), ("nsec", ctypes.c_uint32), ("pad", ctypes.c_int32)]


class statx_buffer(ctypes.Structure):
    _fields_ = [("before", ctypes.c_char * 32), ("ino", ctypes.c_uint64)]
    _fields_ += [("between", ctypes.c_char * 40), ("btime", timestamp), ("rest", ctypes.c_char * 512)]


LIBC = ctypes.CDLL(None, use_errno=True)


def holdings(root):
    """Each folder with the names of its folders and files. Sockets hold no bytes that could be lost."""
    for path, folders, names in os.walk(root):
        yield path, folders, [each for each in names if os.path.isfile(os.path.join(path, each))]


def key_of(path):
    """The same as `key_of` in power_loss.cpp."""
    found = statx_buffer()
    no_follow, inode_and_birth = 0x100, 0x100 | 0x800
    if LIBC.statx(-100, os.fsencode(path), no_follow, inode_and_birth, ctypes.byref(found)) != 0:
        raise OSError(ctypes.get_errno(), path)
    return f"{found.ino}-{found.btime.sec}.{found.btime.nsec}"


class power:
    """Builds a folder as it is after a loss of power. Synced state is restored; later changes survive
    at random, per file and per folder."""

    def __init__(self, library, folder, chance, drop):
        self.library = library
        self.root = os.path.join(folder, "data")
        self.shadow = os.path.join(folder, "shadow")
        self.chance = chance
        self.drop = drop
        self.boot_id = str(uuid.uuid4())

    def environment(self):
        return {
            "LD_PRELOAD": self.library,
            # The library need not precede the sanitizer's.
            "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0",
            "GANTRY_POWER_LOSS_ROOT": self.root,
            "GANTRY_POWER_LOSS_SHADOW": self.shadow,
            "GANTRY_POWER_LOSS_BOOT_ID": self.boot_id,
            "GANTRY_POWER_LOSS_DROP": self.drop or "",
        }

    def seed(self):
        """Records that everything in the folder is durable now."""
        shutil.rmtree(self.shadow, ignore_errors=True)
        os.makedirs(os.path.join(self.shadow, "files"))
        os.makedirs(os.path.join(self.shadow, "dirs"))
        for path, folders, files in holdings(self.root):
            with open(os.path.join(self.shadow, "dirs", key_of(path)), "wb") as listing:
                for kind, name in [("dir", each) for each in folders] + [("file", e) for e in files]:
                    key = key_of(os.path.join(path, name))
                    listing.write(f"{kind} {key} {name}\n".encode())
            for name in files:
                source = os.path.join(path, name)
                shutil.copyfile(source, os.path.join(self.shadow, "files", key_of(source)))

    def lose(self):
        """Call while the folder is not open."""
        live = {key_of(self.root): self.root}
        for path, folders, files in holdings(self.root):
            for name in folders + files:
                live[key_of(os.path.join(path, name))] = os.path.join(path, name)
        after = self.root + ".after"
        self.rebuild_folder(key_of(self.root), after, live)
        shutil.rmtree(self.root)
        os.rename(after, self.root)
        self.seed()
        self.boot_id = str(uuid.uuid4())

    def rebuild_folder(self, key, target, live):
        os.mkdir(target)
        for kind, child, name in self.entries(key, live):
            path = os.path.join(target, name)
            if kind == "dir":
                self.rebuild_folder(child, path, live)
            elif name != "metadata.db-shm":
                with open(path, "wb") as file:
                    file.write(self.content(child, live))

    def entries(self, key, live):
        synced = os.path.join(self.shadow, "dirs", key)
        if key in live and self.chance.random() < 0.25:
            with os.scandir(live[key]) as entries:
                return [
                    ("dir" if each.is_dir() else "file", key_of(each.path), each.name)
                    for each in entries
                    if each.is_dir() or each.is_file()
                ]
        if not os.path.exists(synced):
            return []
        with open(synced, encoding="utf-8") as listing:
            return [line.rstrip("\n").split(" ", 2) for line in listing]

    def content(self, key, live):
        synced = os.path.join(self.shadow, "files", key)
        is_synced = os.path.exists(synced)
        written = b""
        if key in live:
            with open(live[key], "rb") as file:
                written = file.read()
        if is_synced:
            if key in live and self.chance.random() < 0.25:
                return written
            with open(synced, "rb") as file:
                return file.read()
        return self.chance.choice([b"", written, written[: self.chance.randint(0, len(written))]])
