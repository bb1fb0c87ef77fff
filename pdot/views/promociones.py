"""Una tarjeta y lo que nació de ella: verla, promoverla y deshacer una promoción."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import Truncator
from django.views.decorators.http import require_http_methods

from acompanamiento.acciones import YaExiste
from talleres.acciones import NoProcede as NoProcedeEnElTaller
from talleres.models import Aporte, Evidencia
from talleres.views.encuentro import migas_de
from territorios.filtros import entero_de
from territorios.jurisdiccion import Permiso, exige

from ..acciones import NoProcede
from ..forms_promocion import (
    AcuerdoDeAporteForm,
    DeshacerForm,
    NecesidadForm,
    ProblemaForm,
    VisionForm,
    grupos_para,
)
from ..models import Promocion
from ..promociones import con_direccion, deshacer_promocion, direccion_de

Clase = Promocion.Clase
FORMULARIOS = {
    Clase.VISION: VisionForm,
    Clase.PROBLEMA: ProblemaForm,
    Clase.NECESIDAD: NecesidadForm,
}


@exige(Permiso.VER_ACOMPANAMIENTO)
def aporte(request, pk):
    """La tarjeta, lo que nació de ella y, para quien edita, en qué se puede convertir."""
    tarjeta = _traer(Aporte.objects.visibles_para(request.user), pk)
    suyas = Promocion.objects.visibles_para(request.user).filter(aporte=tarjeta)
    promociones = list(
        con_direccion(suyas.para_lista().select_related("deshecha_por"), request.user)
    )
    for promocion in promociones:
        promocion.direccion = "" if promocion.deshecha else direccion_de(promocion)
    edita = Aporte.objects.editables_por(request.user).filter(pk=pk).exists()
    contexto = _contexto(tarjeta) | {
        "promociones": promociones,
        "clases": Clase.choices if edita and not tarjeta.retirado else [],
        "puede_editar": edita,
        "papelote": Evidencia.objects.visibles_para(request.user)
        .vigentes()
        .filter(pk=tarjeta.foto_id)
        .first(),
        "ve_autor": request.user.puede(Permiso.VER_BITACORA),
    }
    return render(request, "pdot/aporte.html", contexto)


def _traer(aportes, pk):
    relacionados = ("encuentro__estrategia", "pregunta", "punto", "cumulo", "autor", "grupo")
    lugar = "gad__territorio__padre__padre"
    return get_object_or_404(aportes.select_related(*relacionados, lugar), pk=pk)


def _contexto(tarjeta, *pasos):
    propia = tarjeta.get_absolute_url() if pasos else None
    return {
        "lugar": "talleres",
        "migas": [*_migas(tarjeta), ("Tarjeta", propia), *pasos],
        "tarjeta": tarjeta,
        "encuentro": tarjeta.encuentro,
    }


def _migas(tarjeta):
    """Las de su tablero; un aporte del piloto no tiene encuentro y cuelga de su estrategia."""
    if tarjeta.encuentro:
        tablero = reverse("talleres:aportes", args=[tarjeta.encuentro_id])
        return migas_de(tarjeta.encuentro, ("Aportes", tablero))
    estrategia = tarjeta.estrategia
    return [("Inicio", reverse("inicio")), (estrategia.nombre, estrategia.get_absolute_url())]


# --- Promover -----------------------------------------------------------------------------------


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_http_methods(["GET", "POST"])
def promover(request, pk, clase):
    """Convierte la tarjeta en otra cosa; `?grupo=` dice de qué grupo será el acuerdo."""
    tarjeta = _traer(Aporte.objects.editables_por(request.user), pk)
    if clase not in Clase.values:
        raise Http404
    form = _formulario(request, tarjeta, clase)
    if request.method == "GET" or form is None:
        return _pagina_de_promover(request, tarjeta, clase, form)
    if not form.is_valid():
        return _pagina_de_promover(request, tarjeta, clase, form, 400)
    try:
        promocion = form.promover(por=request.user)
    except (NoProcede, NoProcedeEnElTaller, YaExiste) as motivo:
        form.add_error(None, str(motivo))
    except ValidationError as motivo:
        form.add_error(None, motivo)
    else:
        messages.success(request, f"De la tarjeta nació: {str(promocion).lower()}.")
        return redirect(tarjeta)
    return _pagina_de_promover(request, tarjeta, clase, form, 409)


def _formulario(request, tarjeta, clase):
    """El de esa clase con lo de la tarjeta ya puesto; None si no hay grupo de quien sea."""
    datos = request.POST or None
    if clase != Clase.ACUERDO:
        return FORMULARIOS[clase](datos, tarjeta=tarjeta, usuario=request.user)
    grupos = grupos_para(tarjeta, request.user)
    if "grupo" in request.GET:
        grupos = grupos.filter(pk=entero_de(request.GET["grupo"]))
    grupo = grupos.first()
    return AcuerdoDeAporteForm(datos, tarjeta=tarjeta, grupo=grupo) if grupo else None


def _pagina_de_promover(request, tarjeta, clase, form, estado=200):
    nombre = Clase(clase).label
    contexto = _contexto(tarjeta, (f"Promover a {nombre.lower()}", None)) | {
        "form": form,
        "clase": clase,
        "titulo": f"Promover a {nombre.lower()}",
        "grupos": grupos_para(tarjeta, request.user) if clase == Clase.ACUERDO else [],
    }
    estado = 409 if form is None and request.method == "POST" else estado
    return render(request, "pdot/promover.html", contexto, status=estado)


# --- Deshacer -----------------------------------------------------------------------------------


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_http_methods(["GET", "POST"])
def deshacer(request, pk):
    editables = Promocion.objects.editables_por(request.user).para_lista()
    promocion = get_object_or_404(editables, pk=pk)
    tarjeta = promocion.aporte
    form = DeshacerForm(request.POST or None)
    if request.method == "GET":
        return _pagina_de_deshacer(request, promocion, form)
    if not form.is_valid():
        return _pagina_de_deshacer(request, promocion, form, 400)
    try:
        deshacer_promocion(promocion, por=request.user, **form.cleaned_data)
    except (NoProcede, NoProcedeEnElTaller) as motivo:
        form.add_error(None, str(motivo))
        return _pagina_de_deshacer(request, promocion, form, 409)
    dicho = Truncator(tarjeta.texto).chars(60)
    messages.success(request, f"Se deshizo lo que nació de «{dicho}»: {str(promocion).lower()}.")
    return redirect(tarjeta)


def _pagina_de_deshacer(request, promocion, form, estado=200):
    paso = ("Deshacer", None)
    contexto = _contexto(promocion.aporte, paso) | {"form": form, "promocion": promocion}
    return render(request, "pdot/deshacer_promocion.html", contexto, status=estado)
