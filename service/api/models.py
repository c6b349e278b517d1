"""What the API answers, each model with an example."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict


class Status(BaseModel):
    """The process answers, or takes letters."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "ok"}]})

    status: Literal["ok"]
