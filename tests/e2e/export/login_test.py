# SPDX-License-Identifier: Apache-2.0
"""Accounts by command: what a login was, who changed it, and which papers it may not judge."""
import os
import pwd

from commands import command


def test_account_history(centre, monkeypatch):
    """The command tells what a login was and who changed it; a name borne once is held against it, a name of another login is not."""
    def rename(name, *more):
        command(centre, "account", "set", "--login", "qian", "--name", name, "--office", "420500", "--roles", "city_operator", *more)

    def history(*words):
        return [line.split("\t") for line in command(centre, "account", "history", *words).stdout.splitlines()]

    office, item, revision, author = centre.cluster.psql("""SELECT l.office_code, l.item_id, l.revision_id, l.author FROM zhibao.lecture_event l
        JOIN zhibao.office o ON o.code = l.office_code AND o.parent_code = '420500' WHERE l.author <> '' AND NOT EXISTS (SELECT FROM zhibao.lecture_event n
        WHERE n.office_code = l.office_code AND n.item_id = l.item_id AND n.revision_id <> l.revision_id) ORDER BY 1, 2 LIMIT 1""").split("|")
    monkeypatch.delenv("SUDO_USER", raising=False)
    judge = ("--login", "qian", "--office", office, "--item", item, "--revision", revision)
    rename(author)
    refused = command(centre, "review", "accept", *judge, check=False)
    assert refused.returncode == 65 and refused.stderr.startswith(f"E_REVIEW_SELF “{author}”是该版本的录入人"), refused.stderr
    rename("钱二")
    rename("钱二")
    refused = command(centre, "review", "accept", *judge, check=False)
    assert refused.returncode == 65 and refused.stderr.startswith(f"E_REVIEW_SELF “{author}”（账号 qian 用过的姓名）是该版本的录入人"), refused.stderr
    monkeypatch.setenv("SUDO_USER", "王五\n")
    refused = command(centre, "account", "set", "--login", "qian", "--name", "钱二", "--office", "420500", "--roles", "city_operator", check=False)
    assert refused.returncode == 65 and refused.stderr.startswith("E_CONTROL_CHARACTER 姓名和操作人不得含"), refused.stderr
    monkeypatch.setenv("SUDO_USER", "王五")
    rename("钱二", "--open", "no")
    head, *lines = history("--login", "qian")
    assert head == ["时间", "登录名", "变更", "内容", "操作人", "数据库用户"]
    assert [line[1:4] for line in lines] == [["qian", "开通", f"姓名 {author}；单位 420500；角色 市州操作员"], ["qian", "改名", f"姓名 {author} → 钱二"],
                                             ["qian", "停用", ""]]
    user = pwd.getpwuid(os.getuid()).pw_name  # what sudo says stands beside him, never in his place
    assert [line[4:] for line in lines] == [[user, "aggregator"], [user, "aggregator"], [f"{user}（sudo：王五）", "aggregator"]]
    for words in (("list",), ("set", "--login", "qian", "--name", "钱四", "--office", "420500", "--roles", "auditor")):
        refused = command(centre, "account", *words, "--as-of", "2024-01-01", check=False)
        assert refused.returncode == 64 and refused.stderr.startswith("E_USAGE --as-of 只用于 account history"), refused.stderr
    assert history("--login", "qian", "--as-of", "2024-01-01") == [head]
    assert {line[1] for line in history()[1:]} > {"qian"}
    rename("钱三", "--open", "yes")
    command(centre, "account", "set", "--login", "boss", "--name", "处长", "--office", "420000", "--roles", "provincial_operator")
    command(centre, "review", "accept", "--login", "boss", *judge[2:])
