"""La página de un grupo circunvecino: junta lo de las cuatro apps."""

from functools import partial

from django.shortcuts import get_object_or_404, render

from acompanamiento.models import Grupo
from territorios.bitacora import bitacora_a_pedido
from territorios.jurisdiccion import Permiso, exige

from ..grupo import bitacora_de_grupo, ficha_de_grupo


@exige(Permiso.VER_ACOMPANAMIENTO)
def grupo(request, pk):
    visibles = Grupo.objects.visibles_para(request.user).select_related(
        "estrategia", "criterio", "sede", "zona", "espacio", "retoma"
    )
    grupo = get_object_or_404(visibles, pk=pk)
    bitacora = bitacora_a_pedido(request, grupo, partial(bitacora_de_grupo, request.user, grupo))
    return render(request, "pdot/grupo.html", ficha_de_grupo(grupo, request.user) | bitacora)
