# SPDX-License-Identifier: Apache-2.0
"""A programme pack with as many county offices as the country has, for measurements of scale: the pack of the province, and
beside its cities others with invented codes and names."""
import csv
import shutil

from pgcluster import PACK

COUNTY_OFFICES = 2845
COUNTIES_OF_A_CITY = 99  # two digits of a code


def make(folder):
    """The pack in a new folder, and the folder."""
    shutil.copytree(PACK, folder)
    with open(folder / "offices.csv", encoding="utf-8-sig", newline="") as file:
        offices = list(csv.DictReader(file))
    province = next(o["code"] for o in offices if o["level"] == "province")
    missing = COUNTY_OFFICES - sum(o["level"] == "county" for o in offices)
    free = (f"{province[:2]}{n:02}" for n in range(99, 0, -1) if not any(o["code"][:4] == f"{province[:2]}{n:02}" for o in offices))
    townships = []
    while missing > 0:
        city = next(free)
        offices.append(office(f"{city}00", province, "city", "地级市"))
        for n in range(1, 1 + min(COUNTIES_OF_A_CITY, missing)):
            code = f"{city}{n:02}"
            offices.append(office(code, f"{city}00", "county", "县"))
            townships.append({"unit_id": f"{code}100", "code": f"{code}100", "county_code": code, "name_zh": f"{code}100 镇", "kind": "镇"})
        missing -= COUNTIES_OF_A_CITY
    with open(folder / "offices.csv", "w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, offices[0].keys())
        table.writeheader()
        table.writerows(offices)
    with open(folder / "townships.csv", "a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, ["unit_id", "code", "county_code", "name_zh", "kind", "valid_from", "valid_to"]).writerows(townships)
    return folder


def counties_of(folder):
    """The office codes of its counties."""
    with open(folder / "offices.csv", encoding="utf-8-sig", newline="") as file:
        return [o["code"] for o in csv.DictReader(file) if o["level"] == "county"]


def office(code, parent, level, kind):
    return {"code": code, "parent_code": parent, "level": level, "name_zh": f"{code} 人力资源和社会保障局", "short_name": code,
            "division_zh": code, "division_kind": kind}
