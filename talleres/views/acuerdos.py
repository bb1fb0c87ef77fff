"""Los acuerdos y el encuentro en que nacieron."""

from functools import partial

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from acompanamiento.models import Acuerdo, Grupo
from acompanamiento.views.acuerdos import ficha_de_acuerdo, pagina_de_anotar, traer_acuerdo
from territorios.filtros import entero_de
from territorios.jurisdiccion import Permiso, exige

from ..acciones import acordar_en
from ..models import Encuentro
from .encuentro import migas_de


def pagina_de_acuerdo(request, pk, de_que_nacio):
    """La ficha de un acuerdo, con el encuentro y la cosa de que nació.

    `de_que_nacio(acuerdo, origen, usuario)`: {"tarjeta": el aporte} del encuentro `origen`; sin él,
    {"libro": la dirección de la información emparejada}. Con None si no fue o no se puede ver.
    """
    acuerdo = traer_acuerdo(Acuerdo.objects.visibles_para(request.user), pk)
    visibles = Encuentro.objects.visibles_para(request.user)
    origen = visibles.filter(origenes__acuerdo=acuerdo).first()
    contexto = ficha_de_acuerdo(request, acuerdo) | {"origen": origen}
    contexto |= de_que_nacio(acuerdo, origen, request.user)
    return render(request, "acompanamiento/acuerdo.html", contexto)


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_http_methods(["GET", "POST"])
def anotar(request, pk):
    """Anota un acuerdo que nació en el encuentro; `?grupo=` dice de cuál de sus grupos es."""
    editables = Encuentro.objects.editables_por(request.user)
    encuentro = get_object_or_404(editables.select_related("estrategia"), pk=pk)
    if not encuentro.admite_registro:
        messages.warning(request, "Los acuerdos se anotan desde el día del encuentro.")
        return redirect(encuentro)
    return pagina_de_anotar(
        request,
        _grupo(request, encuentro),
        partial(acordar_en, encuentro),
        lugar="talleres",
        migas=migas_de(encuentro, ("Anotar un acuerdo", None)),
        origen=encuentro,
    )


def _grupo(request, encuentro):
    """El que dice la dirección o, si no dice, el primero de los suyos."""
    suyos = Grupo.objects.editables_por(request.user).vivos().filter(encuentros=encuentro)
    elegido = request.GET.get("grupo")
    if elegido is not None:
        suyos = suyos.filter(pk=entero_de(elegido))
    return get_object_or_404(suyos[:1])
