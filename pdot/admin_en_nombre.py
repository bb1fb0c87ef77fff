"""Central: lo que las zonas llenan en nombre de un GAD, para consulta."""

from django.contrib import admin

from territorios.administracion import HistoriaSoloLectura

from .models import EnNombre, Evaluacion


@admin.register(EnNombre)
class EnNombreAdmin(HistoriaSoloLectura):
    """Se llena y se toma de vuelta en la página de la evaluación. Los borradores no se ven."""

    list_display = ["evaluacion", "por", "reunion", "retomada"]
    list_select_related = ["evaluacion__pdot__gad__territorio", "por"]
    list_filter = ["evaluacion__pdot__gad__territorio__zona"]
    search_fields = ["^evaluacion__pdot__gad__territorio__codigo", "respaldo"]

    def get_queryset(self, request):
        visibles = Evaluacion.objects.visibles_para(request.user)
        return super().get_queryset(request).filter(evaluacion__in=visibles.values("pk"))

    def alcanza(self, request, object_id):
        return self.get_queryset(request).filter(pk=object_id).exists()
