"""El libro de información de un grupo y sus emparejamientos."""

from functools import partial
from urllib.parse import urlencode

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from acompanamiento.models import Grupo
from acompanamiento.views.acuerdos import pagina_de_anotar
from territorios.descargas import descargar, formato_pedido
from territorios.filtros import entero_de
from territorios.jurisdiccion import Permiso, exige
from territorios.versiones import Conflicto

from ..acciones import NoProcede
from ..acciones_informacion import acordar_emparejamiento, decidir_emparejamiento
from ..forms_informacion import EmparejarForm, FiltroDeInformacion
from ..hojas_de_listas import INFORMACION
from ..informacion import leer_libro, por_dato
from ..models import Emparejamiento
from ..necesidades import puede_declarar_de
from ..similitud import UMBRAL, UMBRAL_MINIMO

YA_NO_ESTAN = (
    "Una de las dos filas ya no está: su GAD tiene otra versión aprobada. Revise el libro como "
    "quedó."
)


def _migas(grupo, *pasos):
    libro = reverse("pdot:informacion_de_grupo", args=[grupo.pk]) if pasos else None
    return [
        ("Inicio", reverse("inicio")),
        ("Acompañamiento", reverse("acompanamiento:inicio")),
        (f"Grupo {grupo.numero}", grupo.get_absolute_url()),
        ("Información", libro),
        *pasos,
    ]


@exige(Permiso.VER_ACOMPANAMIENTO)
def libro(request, pk):
    visibles = Grupo.objects.visibles_para(request.user).select_related("estrategia")
    grupo = get_object_or_404(visibles, pk=pk)
    filtro = FiltroDeInformacion(request.GET)
    es_valido = filtro.is_valid()
    umbral = filtro.elegido
    leido = leer_libro(grupo, request.user, umbral)
    renglones = filtro.aplicar(leido.renglones) if es_valido else []
    if es_valido and (formato := formato_pedido(request, INFORMACION)):
        return descargar(formato, INFORMACION, renglones)
    contexto = {
        "lugar": "acompanamiento",
        "hoja": INFORMACION,
        "migas": _migas(grupo),
        "pagina_de_grupo": "informacion",
        "grupo": grupo,
        "filtro": filtro,
        "umbral": umbral,
        "libro": leido,
        "datos": por_dato(renglones, umbral),
        "mostrados": len(renglones),
        "confirmados": [(oferta, _anotar_acuerdo(grupo, oferta)) for oferta in leido.confirmados],
        "puede_editar": request.user.puede(Permiso.EDITAR_ACOMPANAMIENTO) and grupo.esta_conformado,
        "nueva_necesidad": reverse("pdot:nueva_necesidad"),
        "declara_de": {r.gad.pk for r in renglones if puede_declarar_de(request.user, r.gad)},
    }
    return render(request, "pdot/informacion.html", contexto, status=200 if es_valido else 400)


def _anotar_acuerdo(grupo, oferta):
    """Dirección con que se anota el acuerdo que nace de lo confirmado, con el texto ya escrito."""
    datos = {
        "emparejamiento": oferta.decision.pk,
        "texto": oferta.texto_de_acuerdo,
        "responsable_gad": oferta.ofrecido.gad.pk,
        "partes": oferta.requerido.gad.pk,
    }
    return f"{reverse('pdot:acordar_informacion', args=[grupo.pk])}?{urlencode(datos)}"


# --- Decidir ------------------------------------------------------------------------------------


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_http_methods(["GET", "POST"])
def emparejar(request, pk):
    """Las dos filas lado a lado (`requerido` y `ofrecido`), para confirmar o descartar."""
    grupo = get_object_or_404(Grupo.objects.editables_por(request.user).conformados(), pk=pk)
    datos = request.POST if request.method == "POST" else request.GET
    leido = leer_libro(grupo, request.user, UMBRAL_MINIMO)
    claves = (entero_de(datos.get("requerido")), entero_de(datos.get("ofrecido")))
    oferta = leido.oferta(*claves)
    if oferta is None:
        return _ya_no_estan(request, grupo)
    form = EmparejarForm(request.POST or None)
    if request.method == "GET":
        return _pagina(request, grupo, oferta)
    if not form.is_valid():
        return _pagina(request, grupo, oferta, "Elija si lo confirma o lo descarta.", 400)
    return _decidir(request, grupo, oferta, form.cleaned_data)


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_http_methods(["GET", "POST"])
def acordar(request, pk):
    """Anota el acuerdo que nace de lo confirmado (`emparejamiento`, en la dirección)."""
    grupo = get_object_or_404(Grupo.objects.editables_por(request.user).conformados(), pk=pk)
    confirmados = Emparejamiento.objects.editables_por(request.user).filter(
        grupo=grupo, estado=Emparejamiento.Estado.CONFIRMADO
    )
    clave = entero_de(request.GET.get("emparejamiento"))
    confirmado = confirmados.select_related("acuerdo").filter(pk=clave).first()
    if confirmado is None:
        messages.info(request, "Elija en el libro el par confirmado de que nace el acuerdo.")
        return redirect("pdot:informacion_de_grupo", grupo.pk)
    if confirmado.acuerdo and request.method == "GET":
        messages.info(request, "El acuerdo ya está anotado.")
        return redirect(confirmado.acuerdo)
    return pagina_de_anotar(
        request,
        grupo,
        partial(acordar_emparejamiento, confirmado),
        lugar="acompanamiento",
        migas=_migas(grupo, ("Anotar un acuerdo", None)),
    )


def _decidir(request, grupo, oferta, datos):
    filas = (oferta.requerido.fila, oferta.ofrecido.fila)
    # Lo decidido sobre una versión anterior de la evaluación no frena decidir sobre esta.
    try:
        decidido = decidir_emparejamiento(
            grupo, *filas, por=request.user, estado=datos["estado"], version=datos["version"]
        )
    except Conflicto as conflicto:
        oferta.decision = conflicto.actual
        motivo = "Otra persona ya lo decidió: mire cómo quedó y, si hace falta, cámbielo."
        return _pagina(request, grupo, oferta, motivo, 409)
    except NoProcede as motivo:
        return _pagina(request, grupo, oferta, str(motivo), 409)
    que = "confirmó" if decidido.estado == Emparejamiento.Estado.CONFIRMADO else "descartó"
    requiere, tiene = oferta.requerido.gad.nombre, oferta.ofrecido.gad.nombre
    dicho = f"Se {que}: {requiere} requiere «{oferta.requerido.fila.dato}» y {tiene} la tiene."
    messages.success(request, dicho)
    return redirect("pdot:informacion_de_grupo", grupo.pk)


def _ya_no_estan(request, grupo):
    if request.method == "POST":
        return _pagina(request, grupo, None, YA_NO_ESTAN, 409)
    messages.info(request, YA_NO_ESTAN)
    return redirect("pdot:informacion_de_grupo", grupo.pk)


def _pagina(request, grupo, oferta, motivo="", estado=200):
    contexto = {
        "lugar": "acompanamiento",
        "migas": _migas(grupo, ("Emparejar", None)),
        "grupo": grupo,
        "oferta": oferta,
        "motivo": motivo,
        "umbral": UMBRAL,
    }
    return render(request, "pdot/emparejar.html", contexto, status=estado)
