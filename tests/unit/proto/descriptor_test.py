#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Walks the descriptors of the wire contract: proto3, no optional, no map, no recursion, no float, every message,
field and enum value documented down to "since N", every oneof a nullable scalar except the body of a record."""
import subprocess
import sys
import tempfile
from pathlib import Path

from google.protobuf import descriptor_pb2

FLOATS = {descriptor_pb2.FieldDescriptorProto.TYPE_FLOAT, descriptor_pb2.FieldDescriptorProto.TYPE_DOUBLE}


def load(folder):
    names = [str(p.relative_to(folder)) for p in sorted(Path(folder).glob("zhibao/v1/*.proto"))]
    with tempfile.NamedTemporaryFile() as out:
        subprocess.run(["protoc", f"-I{folder}", "--include_source_info", f"--descriptor_set_out={out.name}", *names], check=True)
        files = descriptor_pb2.FileDescriptorSet()
        files.ParseFromString(Path(out.name).read_bytes())
    return files.file


def check_comments(file, faults):
    wanted = {}
    for m, message in enumerate(file.message_type):
        wanted[(4, m)] = message.name
        for f, field in enumerate(message.field):
            # A nullable scalar is documented above the oneof that holds it alone.
            is_alone = field.HasField("oneof_index") and message.name != "Record"
            path = (4, m, 8, field.oneof_index) if is_alone else (4, m, 2, f)
            wanted[path] = f"{message.name}.{field.name}"
    for e, enum in enumerate(file.enum_type):
        wanted[(5, e)] = enum.name
        for v, value in enumerate(enum.value):
            wanted[(5, e, 2, v)] = f"{enum.name}.{value.name}"
    for location in file.source_code_info.location:
        comment = (location.leading_comments + location.trailing_comments).strip()
        if tuple(location.path) in wanted and comment.rstrip(".").rsplit(" ", 2)[-2:-1] == ["since"] and len(comment) > 9:
            del wanted[tuple(location.path)]
    faults += [f"{name}: no comment that ends with since N" for name in wanted.values()]


def check_message(file, message, faults):
    if message.nested_type:
        faults.append(f"{message.name}: nested type or map")
    numbers = sorted(f.number for f in message.field)
    oneofs = {}
    for field in message.field:
        where = f"{message.name}.{field.name}"
        if field.type in FLOATS:
            faults.append(f"{where}: float")
        if field.proto3_optional:
            faults.append(f"{where}: optional")
        if field.HasField("oneof_index"):
            oneofs.setdefault(field.oneof_index, []).append(field)
    for index, fields in oneofs.items():
        if len(fields) != 1 and (message.name, message.oneof_decl[index].name) != ("Record", "body"):
            faults.append(f"{message.name}.{message.oneof_decl[index].name}: more than one member")
    if message.name == "Record":
        if numbers != list(range(1, 11)) + list(range(21, 41)):
            faults.append("Record: numbers")
    elif numbers != list(range(1, len(numbers) + 1)):
        faults.append(f"{message.name}: numbers have gaps")


def check_recursion(messages, faults):
    def visit(name, path):
        if name in path:
            faults.append(f"{name}: recursion")
            return
        for field in messages[name].field:
            if field.type_name in messages:
                visit(field.type_name, path | {name})
    for name in messages:
        visit(name, set())


def main():
    faults, messages, count = [], {}, 0
    for file in load(sys.argv[1]):
        if file.syntax != "proto3" or file.package != "zhibao.v1":
            faults.append(f"{file.name}: not proto3 in zhibao.v1")
        for message in file.message_type:
            messages[f".{file.package}.{message.name}"] = message
            count += len(message.field)
            check_message(file, message, faults)
        check_comments(file, faults)
    check_recursion(messages, faults)
    for fault in faults:
        print(fault)
    print(f"{len(messages)} messages, {count} fields, {len(faults)} faults")
    return 1 if faults or len(messages) < 40 else 0


if __name__ == "__main__":
    sys.exit(main())
