"""La página de un GAD."""

from functools import partial

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse

from territorios.bitacora import bitacora_a_pedido
from territorios.jurisdiccion import Permiso, exige
from territorios.models import Gad

from ..ficha import bitacora_de_gad, familia_de, ficha_de_gad


@exige(Permiso.VER_TERRITORIO)
def gad(request, codigo):
    familia = familia_de(codigo, request.user)
    if familia is None:
        raise Http404
    contexto = ficha_de_gad(familia, request.user)
    contexto |= bitacora_a_pedido(
        request, familia.gad, partial(bitacora_de_gad, request.user, familia.gad)
    )
    contexto |= {"lugar": "territorio", "pagina_de_gad": "gad", "migas": _migas(familia.gad)}
    return render(request, "pdot/gad.html", contexto)


def _migas(gad):
    """Inicio › país › zona › provincia › cantón › el GAD, sin repetirse a sí mismo."""
    lugar, zona = gad.territorio, gad.zona
    superiores = [uno for uno in (lugar.provincia, lugar.canton) if uno not in (None, lugar)]
    return [
        ("Inicio", reverse("inicio")),
        ("Territorio", reverse("territorios:inicio")),
        (str(zona), reverse("territorios:zona", args=[zona.pk])),
        *((uno.nombre, Gad(pk=uno.pk).get_absolute_url()) for uno in superiores),
        (lugar.nombre, None),
    ]
