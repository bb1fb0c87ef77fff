"""Central: los trabajos en segundo plano. Se miran; se cancelan y reanudan en su página."""

from django.contrib import admin
from django_tasks_db.admin import DBTaskResult

from .administracion import HistoriaSoloLectura, SoloLectura
from .models import PiezaDeTrabajo, Trabajo

# La cola de la biblioteca habla en inglés y repite, con menos, lo que dicen los trabajos.
admin.site.unregister(DBTaskResult)


@admin.register(Trabajo)
class TrabajoAdmin(HistoriaSoloLectura):
    list_display = ["titulo", "estado", "pedido_por", "oficina", "creado", "terminado"]
    list_select_related = ["pedido_por"]
    list_filter = ["estado", "clase", "oficina"]
    search_fields = ["titulo", "pedido_por__username"]

    def get_queryset(self, request):
        return super().get_queryset(request).visibles_para(request.user)

    def alcanza(self, request, object_id):
        return self.get_queryset(request).filter(pk=object_id).exists()


@admin.register(PiezaDeTrabajo)
class PiezaDeTrabajoAdmin(SoloLectura, admin.ModelAdmin):
    list_display = ["nombre", "trabajo", "documento", "error", "intentos"]
    list_select_related = ["trabajo", "documento"]
    search_fields = ["^clave", "trabajo__titulo"]

    def get_queryset(self, request):
        visibles = Trabajo.objects.visibles_para(request.user)
        return super().get_queryset(request).filter(trabajo__in=visibles)
