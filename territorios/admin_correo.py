"""Central: la cola de correo, cuyo texto no se lee aquí, y cómo quiere sus avisos cada quien."""

from django.contrib import admin, messages

from .administracion import HistoriaSoloLectura, SoloLectura
from .cartero import anular, reintentar
from .models import Mensaje, PreferenciasDeAvisos
from .texto import cuantos

REINTENTADO = "La central lo devolvió a la cola."
DESCARTADO = "La central decidió no mandarlo."


@admin.register(Mensaje)
class MensajeAdmin(SoloLectura, admin.ModelAdmin):
    list_display = ["para", "asunto", "estado", "motivo", "cambiado"]
    list_filter = ["estado"]
    search_fields = ["para", "asunto", "clave"]
    # El texto puede llevar un enlace firmado, que es de quien lo recibe y de nadie más.
    exclude = ["texto"]
    actions = ["volver_a_intentar", "no_mandar"]

    def get_queryset(self, request):
        return super().get_queryset(request).defer("texto")

    @admin.action(description="Volver a intentar", permissions=["view"])
    def volver_a_intentar(self, request, queryset):
        """Un dudoso pudo haber salido: quien lo repite acepta que llegue dos veces."""
        hechos = [mensaje for mensaje in queryset if reintentar(mensaje)]
        self._contar(request, hechos, REINTENTADO, "volvió a la cola", "volvieron a la cola")

    @admin.action(description="No mandar", permissions=["view"])
    def no_mandar(self, request, queryset):
        hechos = [mensaje for mensaje in queryset if anular(mensaje.clave, DESCARTADO)]
        self._contar(request, hechos, DESCARTADO, "ya no saldrá", "ya no saldrán")

    def _contar(self, request, hechos, asiento, singular, plural):
        for mensaje in hechos:
            self.log_change(request, mensaje, asiento)
        if hechos:
            verbo = singular if len(hechos) == 1 else plural
            self.message_user(request, f"{cuantos(len(hechos), 'mensaje', 'mensajes')} {verbo}.")
        else:
            self.message_user(
                request, "Ninguno de los escogidos lo admite: vea su estado.", messages.WARNING
            )


@admin.register(PreferenciasDeAvisos)
class PreferenciasDeAvisosAdmin(HistoriaSoloLectura):
    """Cada quien escoge las suyas; la central las mira cuando alguien dice que no recibe nada."""

    list_display = ["usuario", "correo"]
    list_select_related = ["usuario"]
    list_filter = ["correo"]
    search_fields = ["usuario__username", "usuario__email"]
