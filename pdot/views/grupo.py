"""La página de un grupo circunvecino: junta lo de las cuatro apps."""

from functools import partial

from django.shortcuts import render

from territorios.bitacora import bitacora_a_pedido
from territorios.jurisdiccion import Permiso, exige

from ..grupo import bitacora_de_grupo, ficha_de_grupo, traer_grupo


@exige(Permiso.VER_ACOMPANAMIENTO)
def grupo(request, pk):
    grupo = traer_grupo(request.user, pk)
    bitacora = bitacora_a_pedido(request, grupo, partial(bitacora_de_grupo, request.user, grupo))
    return render(request, "pdot/grupo.html", ficha_de_grupo(grupo, request.user) | bitacora)
