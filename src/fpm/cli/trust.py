"""``verify ledger``: the proof that nothing was changed behind fpm's back; the ledger as text."""

from __future__ import annotations

import json

import typer

from fpm.cli.console import open_workspace, people, print_json
from fpm.cli.options import JsonOption, WorkspaceOption

DAMAGED = 5
_DUMPED = ("seq", "period", "kind", "recorded_on", "hash")
_SHOWN = 12
"""Characters of a hash on the terminal; the JSON has all 64."""

ledger = typer.Typer(help="台账：只增不改的线索、反馈和结论。", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command("verify")(verify)
    app.add_typer(ledger, name="ledger")


def verify(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """验证台账、校验链和各期发布的清单相互一致、没有被改动；只读，不改任何文件。

    一致时以代码 0 结束，否则以代码 5 结束并逐条说明。

    示例：fpm verify
    """
    from fpm.pipeline.verify import verify_workspace

    proof = verify_workspace(open_workspace(workspace))
    if as_json:
        print_json(proof.document())
    else:
        console = people()
        for fault in proof.faults:
            console.print(f"不一致：{fault}", markup=False, soft_wrap=True)
        for note in proof.notes:
            console.print(f"注意：{note}", markup=False, soft_wrap=True)
        files = sum(proof.periods.values())
        console.print(
            f"台账 {proof.events:,} 条事件，已发布 {len(proof.periods)} 期 {files} 个文件："
            + (f"有 {len(proof.faults)} 处不一致。" if proof.faults else "全部一致。")
        )
        console.print(f"校验值 {proof.head}", soft_wrap=True)
    if proof.faults:
        raise typer.Exit(DAMAGED)


@ledger.command("dump")
def dump(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """把台账写成文本，一条事件一行，按先后排列；证件号码已遮盖。--json 带完整校验值。

    示例：fpm ledger dump
    """
    from fpm.pipeline.verify import dump_ledger

    events = dump_ledger(open_workspace(workspace))
    if not as_json:
        for *told, hashed, body in events:
            typer.echo("\t".join([*map(str, told), hashed[:_SHOWN], body]))
        return
    # Years of events do not fit into memory at once: the document is written as it is read.
    typer.echo("[", nl=False)
    for number, (*told, body) in enumerate(events):
        row = {**dict(zip(_DUMPED, told, strict=True)), "body": json.loads(body)}
        text = json.dumps(row, ensure_ascii=False)
        typer.echo(f"{',' if number else ''}\n{text}", nl=False)
    typer.echo("\n]")
