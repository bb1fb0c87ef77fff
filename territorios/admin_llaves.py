"""Las llaves de la API en la central: se miran; se dan y se revocan en su página."""

from django.contrib import admin

from .administracion import HistoriaSoloLectura
from .models import LlaveDeApi


@admin.register(LlaveDeApi)
class LlaveDeApiAdmin(HistoriaSoloLectura):
    list_display = ["titular", "prefijo", "zona", "entidad", "caduca", "revocada", "ultimo_uso"]
    list_select_related = ["zona", "entidad"]
    search_fields = ["titular", "prefijo"]
    exclude = ["resumen"]
