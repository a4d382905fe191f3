"""Pages that need nothing else: markup that escapes itself, one look for all of them, and no script."""

from layerwise.pages.markup import NOTHING, Content, Markup, element, joined
from layerwise.pages.page import Chapter, icon, page, style_sheet, table

__all__ = ["NOTHING", "Chapter", "Content", "Markup", "element", "icon", "joined", "page", "style_sheet", "table"]
