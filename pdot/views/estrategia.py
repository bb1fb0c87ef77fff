"""La página de una estrategia: junta lo de las cuatro apps."""

from functools import partial

from django.shortcuts import get_object_or_404, render

from acompanamiento.models import Estrategia
from territorios.bitacora import bitacora_a_pedido
from territorios.jurisdiccion import Permiso, exige

from ..estrategia import bitacora_de_estrategia, ficha_de_estrategia


@exige(Permiso.VER_ACOMPANAMIENTO)
def estrategia(request, codigo):
    estrategia = get_object_or_404(Estrategia.objects.visibles_para(request.user), codigo=codigo)
    leer = partial(bitacora_de_estrategia, request.user, estrategia)
    bitacora = bitacora_a_pedido(request, estrategia, leer)
    contexto = ficha_de_estrategia(estrategia, request.user) | bitacora
    return render(request, "pdot/estrategia.html", contexto)
