"""Las listas enteras de lo que el inicio muestra en parte: por convocar, por cerrar y la agenda."""

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render

from territorios.descargas import descargar, formato_pedido
from territorios.jurisdiccion import Permiso, exige

from ..hojas import ENCUENTROS, con_lo_que_se_exporta
from ..pendientes import FILA, SEMANA, TITULOS, los_de
from .cronograma import migas_de_talleres

POR_PAGINA = 50


@exige(Permiso.VER_ACOMPANAMIENTO)
def por_hacer(request):
    """`?que=convocar`, `cerrar` o `semana`, que es la que se da si se calla."""
    que = request.GET.get("que") or SEMANA
    if que not in TITULOS:
        raise Http404(que)
    encuentros = los_de(request.user, que)
    if formato := formato_pedido(request, ENCUENTROS):
        elegidos = con_lo_que_se_exporta(encuentros, request.user)
        return descargar(formato, ENCUENTROS, elegidos)
    pagina = Paginator(encuentros, POR_PAGINA).get_page(request.GET.get("pagina"))
    contexto = {
        "lugar": "talleres",
        "migas": migas_de_talleres((TITULOS[que], None)),
        "titulo": TITULOS[que],
        "que": que,
        "hoja": ENCUENTROS,
        "listas": [
            (clave, titulo) for clave, titulo in TITULOS.items() if _le_toca(request, clave)
        ],
        "pagina": pagina,
        "filas": [FILA[que](encuentro) for encuentro in pagina],
        "total": pagina.paginator.count,
    }
    return render(request, "talleres/por_hacer.html", contexto)


def _le_toca(request, que):
    return que == SEMANA or request.user.puede(Permiso.EDITAR_ACOMPANAMIENTO)
