# SPDX-License-Identifier: Apache-2.0
"""An office of the real centre in the hands of the foreign client: its keys, its connection, its records."""
import contextlib
import os
import subprocess
import time
import uuid

import zmq

from foreign.client import BODIES, RECORD, Client, Keys
from pgcluster import wait_for

OFFICE = "420102"
DAY = 19849  # 2024-05-06


def enrolled(centre, office=OFFICE):
    """New keys of an office, enrolled directly; collectors learn of them within a second."""
    keys = Keys()
    file = centre.home / f"{uuid.uuid4()}.pub"
    file.write_text(f"zhibao-key v1\npublic {keys.public.decode()}\n")
    centre.enrol(office, file)
    return keys


def connect(centre, keys, stream=None, version=2, seconds=10):
    """A connection once the key is admitted; with a stream, an open session."""
    until = time.monotonic() + seconds
    while True:
        client = Client(centre.zmq, centre.endpoint, centre.server, keys, version)
        if client.socket.poll(1000, zmq.POLLOUT):
            break
        client.close()
        assert time.monotonic() < until, "never admitted"
    if stream:
        client.open(stream)
    return client


def lecture(theme, **change):
    event = BODIES.LectureEvent(category=BODIES.LECTURE_CATEGORY_VILLAGE, theme=theme, place="村", mode=BODIES.MODE_OFFLINE,
                                status=BODIES.EVENT_STATUS_HELD, occurred_on=DAY)
    for name, value in change.items():
        getattr(event, name).extend(value) if isinstance(value, list) else setattr(event, name, value)
    now = int(time.time() * 1000)

    def v7():
        raw = bytearray(now.to_bytes(6, "big") + os.urandom(10))
        raw[6], raw[8] = raw[6] & 0x0F | 0x70, raw[8] & 0x3F | 0x80
        return bytes(raw)

    record = RECORD.Record(item_id=v7(), revision_id=v7(), operation=RECORD.OPERATION_SUBMIT, recorded_at_us=now * 1000, author="甲",
                           programme="hubei-2024", programme_version=1, lecture_event=event)
    return record.SerializeToString()


def fill(stream, count, name="讲"):
    for i in range(count):
        stream.add(lecture(f"{name}{len(stream.bodies)}-{i}"))


def chunks_of(content, size):
    return [content[i:i + size] for i in range(0, len(content), size)]


@contextlib.contextmanager
def batches_locked(centre):
    """Nothing can be stored meanwhile."""
    held = "SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted AND relation = 'zhibao.batch'::regclass"
    psql = subprocess.Popen(["psql", "-qXAt", centre.cluster.conninfo()], stdin=subprocess.PIPE, text=True)
    psql.stdin.write("BEGIN; LOCK TABLE zhibao.batch IN ACCESS EXCLUSIVE MODE;\n")
    psql.stdin.flush()
    try:
        wait_for(lambda: centre.cluster.psql(held) == "1", 10, "the lock")
        yield
    finally:
        psql.communicate("ROLLBACK;\n")


@contextlib.contextmanager
def streams_locked(centre, streams):
    """Whoever stores something of these streams waits meanwhile."""
    names = ", ".join(f"'\\x{stream.uuid.hex()}'" for stream in streams)
    psql = subprocess.Popen(["psql", "-qXAt", centre.cluster.conninfo()], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    psql.stdin.write(f"BEGIN; SELECT count(*) FROM (SELECT FROM zhibao.stream WHERE outbox_uuid IN ({names}) FOR UPDATE) s;\n")
    psql.stdin.flush()
    try:
        assert psql.stdout.readline() == f"{len(streams)}\n", "locked"
        yield
    finally:
        psql.communicate("ROLLBACK;\n")
