"""The reference by which a case is named to people, where a statement lists cases."""


def reference_of(case_id: str) -> str:
    """SQL for the first reference that was given for the case in the column `case_id`; null where nobody has one."""
    return f"(SELECT r.code FROM reference r WHERE r.case_id = {case_id} ORDER BY r.opened_at, r.code LIMIT 1)"  # noqa: S608
