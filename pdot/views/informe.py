"""El informe de la estrategia: los de cada quien, lo escrito, y pedirlo en borrador o emitido."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.views.decorators.http import require_http_methods, require_POST

from acompanamiento.models import Estrategia
from territorios.embebido import asegurar
from territorios.jurisdiccion import Permiso, exige
from territorios.models import DocumentoEmitido, Trabajo
from territorios.versiones import Conflicto
from territorios.views.conflictos import responder_conflicto
from territorios.views.documentos import sitio_de

from ..acciones_informe import guardar_informe
from ..forms_informe import InformeForm
from ..informe.acceso import alcance_de, alcances_de, informe_de, nuevo_de
from ..informe.armado import clave_de
from ..informe.orden import encendidas
from ..informe.que_trae import casillas_de
from ..models import Informe
from ..trabajo_informe import BORRADOR, EMITIDO, pedir_informe, trabajos_de
from .trabajos import ir_a_lo_pedido

# De los más recientes sale todo lo que la página dice.
PEDIDOS_QUE_SE_MIRAN = 20


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
def informes(request, codigo):
    """Los que hace quien entra: el de la estrategia, los de zonas y los de grupos."""
    estrategia = _estrategia(request, codigo)
    alcances = alcances_de(request.user, estrategia)
    escritos = Informe.objects.editables_por(request.user).filter(estrategia=estrategia)
    claves = {informe.clave for informe in escritos}
    emitidos = _cuantos_emitidos(request.user, estrategia)
    filas = []
    for alcance in alcances:
        informe = nuevo_de(alcance)
        escrito = informe.clave in claves
        filas.append((alcance, informe, escrito, emitidos.get(clave_de(informe), 0)))
    contexto = {
        "lugar": "acompanamiento",
        "migas": _migas(estrategia, ("Informes", None)),
        "estrategia": estrategia,
        "filas": filas,
    }
    return render(request, "pdot/informe/lista.html", contexto)


def _cuantos_emitidos(usuario, estrategia):
    """{clave: cuántos} de los de esa estrategia que ve."""
    visibles = DocumentoEmitido.objects.visibles_para(usuario).emitidos()
    cuentas = {}
    for clave in visibles.filter(clave__startswith=f"informe:{estrategia.codigo}:").values_list(
        "clave", flat=True
    ):
        cuentas[clave] = cuentas.get(clave, 0) + 1
    return cuentas


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
def informe(request, codigo, de):
    alcance, informe = _traer(request, codigo, de)
    return _pagina(request, alcance, informe)


def _pagina(request, alcance, informe):
    marcadas = [una.clave for una in encendidas(informe.secciones_apagadas)]
    contexto = {
        "lugar": "acompanamiento",
        "migas": _migas_de(informe),
        "alcance": alcance,
        "informe": informe,
        "casillas": casillas_de(alcance, marcadas),
        "emitidos": list(_emitidos(request.user, informe)),
        **_pedidos(request.user, informe),
    }
    return render(request, "pdot/informe/detalle.html", contexto)


def _pedidos(usuario, informe):
    """Los que están en camino, el último de cada clase si no se terminó, y el último borrador."""
    todos = list(trabajos_de(informe, usuario).select_related("pedido_por")[:PEDIDOS_QUE_SE_MIRAN])
    en_camino = [uno for uno in todos if uno.esta_vivo]
    if en_camino:
        # Si mataron al trabajador, basta con que alguien mire para que haya otro.
        asegurar()
    ultimos = {}
    for uno in todos:
        ultimos.setdefault(uno.clase, uno)
    borradores = [uno for uno in todos if uno.clase == BORRADOR and uno.se_puede_descargar]
    return {
        "en_camino": en_camino,
        "sin_terminar": [uno for uno in ultimos.values() if uno.estado == Trabajo.Estado.FALLIDO],
        "borrador": borradores[0] if borradores else None,
    }


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_http_methods(["GET", "POST"])
def editar(request, codigo, de):
    alcance, informe = _traer(request, codigo, de)
    form = InformeForm(request.POST or None, instance=informe)
    if request.method == "GET":
        return _pagina_de_editar(request, alcance, informe, form)
    if not form.is_valid():
        return _pagina_de_editar(request, alcance, informe, form, 400)
    try:
        guardar_informe(
            form.instance, por=request.user, version=form.cleaned_data["version_leida"] or 0
        )
    except Conflicto as conflicto:
        diferencias = form.conflictos_con(conflicto.actual)
        volver = conflicto.actual.get_absolute_url()
        return responder_conflicto(request, conflicto.actual, diferencias, volver)
    messages.success(request, "Se guardó lo escrito. Se conserva de una emisión a otra.")
    return redirect(informe)


def _pagina_de_editar(request, alcance, informe, form, estado=200):
    marcadas = form["secciones"].value() or []
    contexto = {
        "lugar": "acompanamiento",
        "migas": _migas_de(informe, ("Editar", None)),
        "alcance": alcance,
        "informe": informe,
        "form": form,
        "casillas": casillas_de(alcance, marcadas),
    }
    return render(request, "pdot/informe/editar.html", contexto, status=estado)


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_POST
def sacar_borrador(request, codigo, de):
    """Con la palabra «Borrador» y sin número ni código."""
    return _pedir(request, codigo, de, BORRADOR)


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_POST
def emitir_informe(request, codigo, de):
    """Le da número y lo guarda; sin cambios desde la última vez, es el mismo documento."""
    return _pedir(request, codigo, de, EMITIDO)


def _pedir(request, codigo, de, clase):
    """Componerlo tarda: se hace en segundo plano y aquí se va a la página que dice cómo va."""
    alcance, informe = _traer(request, codigo, de)
    return ir_a_lo_pedido(
        request,
        *pedir_informe(alcance, informe, clase, por=request.user, sitio=sitio_de(request)),
    )


# --- Lo común -----------------------------------------------------------------------------------


def _traer(request, codigo, de):
    """(Alcance, Informe) de la dirección; 404 si no le toca a quien entra."""
    alcance = alcance_de(request.user, _estrategia(request, codigo), de)
    if alcance is None:
        raise Http404
    return alcance, informe_de(alcance)


def _estrategia(request, codigo):
    return get_object_or_404(Estrategia.objects.visibles_para(request.user), codigo=codigo)


def _emitidos(usuario, informe):
    visibles = DocumentoEmitido.objects.visibles_para(usuario).emitidos()
    return visibles.filter(clave=clave_de(informe)).select_related("emitido_por")


def _migas(estrategia, *pasos):
    return [
        ("Inicio", reverse("inicio")),
        ("Acompañamiento", reverse("acompanamiento:inicio")),
        (estrategia.nombre, estrategia.get_absolute_url()),
        *pasos,
    ]


def _migas_de(informe, *pasos):
    lista = reverse("pdot:informes", args=[informe.estrategia.codigo])
    propio = informe.get_absolute_url() if pasos else None
    return _migas(
        informe.estrategia, ("Informes", lista), (capfirst(informe.de_quien), propio), *pasos
    )
