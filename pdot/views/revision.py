"""La revisión de la zona: prepararla, devolver con observaciones por pregunta, o aprobar."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from territorios.jurisdiccion import Permiso, exige
from territorios.versiones import Conflicto
from territorios.views.conflictos import responder_conflicto
from territorios.views.documentos import sitio_de
from territorios.views.errores import es_autoguardado

from ..acciones import NoProcede
from ..acciones_revision import RevisionEnConflicto, guardar_borrador, resolver
from ..avisos import gads_sin_correo
from ..diferencias import comparar_fotos
from ..forms_revision import RevisionEnPreparacionForm
from ..instantaneas import foto_de, foto_de_referencia, leer_con_referencia
from ..llenado import Llenado
from ..models import Evaluacion, Seccion
from ..revision import notas_de
from .evaluaciones import migas_de, no_procede

APROBAR, DEVOLVER = "aprobar", "devolver"
Clase = Seccion.Clase
# De qué hoja es una pieza que cambió, por cómo empieza su clave.
HOJA_DE = {
    "v": Clase.VINCULOS,
    "i": Clase.INFORMACION,
    "vision": Clase.VISION,
    "problemas": Clase.VISION,
}
SIN_CORREO = "El GAD no tiene ninguna cuenta con correo: avísele por otro medio."


@dataclass
class Fila:
    """Una pregunta en la página de revisión; `cambio` es su Diferencia, si la hubo."""

    pregunta: object
    respuesta: object
    observaciones: list
    campo: object
    notas: list
    cambio: object = None
    siguiente: str = ""


@exige(Permiso.REVISAR_EVALUACION)
@require_http_methods(["GET", "POST"])
def revisar(request, pk):
    """Si otra persona ya resolvió, no se revisa, pero lo escrito vuelve para que no se pierda."""
    suyas = Evaluacion.objects.de_su_revision(request.user).con_superiores()
    suyas = suyas.con_anterior(request.user).select_related("borrador_de_revision")
    evaluacion = get_object_or_404(suyas, pk=pk)
    llenado = Llenado(evaluacion, para=request.user)
    leer_con_referencia(llenado)
    form = RevisionEnPreparacionForm(
        request.POST or None,
        preguntas=llenado.preguntas,
        version=evaluacion.version,
        hojas=llenado.hojas,
        borrador=getattr(evaluacion, "borrador_de_revision", None),
    )
    if request.method == "POST" and not form.is_valid():
        return _pagina(request, llenado, form, status=400)
    if evaluacion.estado != Evaluacion.Estado.ENVIADA:
        return _ya_resuelta(request, evaluacion, form)
    if request.method == "GET":
        return _pagina(request, llenado, form)
    if es_autoguardado(request) or request.POST.get("decision") not in (APROBAR, DEVOLVER):
        return _guardar(request, llenado, form)
    return _resolver(request, llenado, form)


def _ya_resuelta(request, evaluacion, form):
    estado = evaluacion.get_estado_display().lower()
    motivo = f"La evaluación está {estado}: no hay nada que revisar."
    if es_autoguardado(request):
        return JsonResponse({"error": motivo}, status=409)
    if not form.is_bound:
        return no_procede(request, evaluacion.pk, motivo)
    escrito = [(str(pregunta), "", texto) for pregunta, texto in form.observaciones().items()]
    if form.cleaned_data["comentario"]:
        escrito.append(("Comentario general", "", form.cleaned_data["comentario"]))
    volver = evaluacion.get_absolute_url()
    return responder_conflicto(request, evaluacion, escrito, volver, motivo)


# --- Guardar sin resolver -----------------------------------------------------------------------


def _guardar(request, llenado, form):
    evaluacion = llenado.evaluacion
    try:
        version = guardar_borrador(
            evaluacion, form.textos(), version=form.borrador_leido, por=request.user
        )
    except NoProcede:
        evaluacion.refresh_from_db()
        return _ya_resuelta(request, evaluacion, form)
    except RevisionEnConflicto as conflicto:
        return _en_conflicto(request, llenado, form, conflicto.actual)
    if es_autoguardado(request):
        hora = f"{timezone.localtime():%H:%M}"
        return JsonResponse({"hora": hora, "versiones": {"borrador": version}, "avance": ""})
    messages.success(
        request,
        f"Se guardó su revisión de {evaluacion.gad.nombre}: todavía no se devuelve ni se aprueba.",
    )
    return redirect(request.get_full_path())


def _en_conflicto(request, llenado, form, actual):
    """409: lo escrito sigue en la página, con lo que guardó la otra persona al lado."""
    if es_autoguardado(request):
        error = "Otra persona guardó la revisión: pulse «Guardar sin devolver» y verá los textos."
        return JsonResponse({"error": error}, status=409)
    guardados, tecleados = actual.textos if actual else {}, form.textos()
    pares = [
        (form.fields[nombre].label, guardados.get(nombre, ""), tecleados.get(nombre, ""))
        for nombre in form.fields
        if guardados.get(nombre, "") != tecleados.get(nombre, "")
    ]
    form.data = form.data.copy()
    form.data["version_borrador"] = actual.version if actual else 0
    return _pagina(request, llenado, form, status=409, conflictos=pares, en_conflicto=True)


# --- Resolver -----------------------------------------------------------------------------------


def _resolver(request, llenado, form):
    """Cumple la decisión; si no procede, la página vuelve con lo escrito y el motivo."""
    evaluacion, datos = llenado.evaluacion, form.cleaned_data
    aprobar = request.POST["decision"] == APROBAR
    try:
        resolver(
            evaluacion,
            form.observaciones(),
            aprobar=aprobar,
            version=datos["version"],
            version_borrador=form.borrador_leido,
            comentario=datos["comentario"],
            sitio=sitio_de(request),
            por=request.user,
        )
    except NoProcede as motivo:
        form.add_error(None, str(motivo))
        return _pagina(request, llenado, form, status=400)
    except RevisionEnConflicto as conflicto:
        return _en_conflicto(request, llenado, form, conflicto.actual)
    except Conflicto as conflicto:
        motivo = "Otra persona la cambió mientras usted revisaba; sus observaciones siguen abajo."
        form.add_error(None, motivo)
        # La página que vuelve lleva la versión de ahora: lo que se mande después ya la leyó.
        form.data = form.data.copy()
        form.data["version"] = conflicto.actual.version
        return _pagina(request, llenado, form, status=409)
    que = "aprobó" if aprobar else "devolvió con observaciones"
    messages.success(request, f"Se {que} la evaluación de {evaluacion.gad.nombre}.")
    if gads_sin_correo([evaluacion.pdot.gad_id]):
        messages.warning(request, SIN_CORREO)
    return redirect(evaluacion)


# --- La página ----------------------------------------------------------------------------------


def _pagina(request, llenado, form, status=200, **mas):
    if status == 400 and es_autoguardado(request):
        errores = [str(error) for campo in form.errors.values() for error in campo]
        return JsonResponse({"error": " ".join(errores)}, status=400)
    evaluacion = llenado.evaluacion
    foto, desde, cambios = _comparada(llenado)
    notas = notas_de(evaluacion, request.user)
    solo_cambios = desde is not None and request.GET.get("solo") == "cambios"
    partes = [
        (parte, [_fila(fila, form, notas, cambios) for fila in parte.filas])
        for parte in llenado.partes
    ]
    con_cambios = [fila for _, filas in partes for fila in filas if fila.cambio]
    for fila, otra in zip(con_cambios, con_cambios[1:], strict=False):
        fila.siguiente = otra.pregunta.codigo
    contexto = {
        "lugar": "pdot",
        "migas": migas_de(evaluacion, ("Revisar", None)),
        "evaluacion": evaluacion,
        "llenado": llenado,
        "form": form,
        "partes": [parte for parte in partes if not parte[0].seccion.es_hoja],
        "hojas": [
            (parte, form.campo_de_hoja(parte.seccion))
            for parte in llenado.partes
            if parte.seccion.es_hoja
        ],
        "la_lleno": evaluacion.la_lleno_en_nombre(request.user),
        "solo_cambios": solo_cambios,
        "clases_con_cambios": {HOJA_DE.get(clave.split(":")[0]) for clave in cambios},
        "cambios_de_hojas": _cambios_de_hojas(foto, cambios),
        "desde": desde,
        "cuantos_cambios": len(cambios),
        "primera_con_cambios": con_cambios[0].pregunta.codigo if con_cambios else "",
        "notas_generales": notas.get(None, []),
    }
    return render(request, "pdot/revisar.html", contexto | mas, status=status)


def _comparada(llenado):
    """(foto de ahora, «desde cuándo» o None, {clave: Diferencia})."""
    if llenado.referencia is None:
        return {}, None, {}
    antes, ahora = foto_de_referencia(llenado), foto_de(llenado)
    diferencias = [una for _, suyas in comparar_fotos(antes, ahora) for una in suyas]
    return ahora, llenado.referencia.desde, {una.clave: una for una in diferencias}


def _fila(fila, form, notas, cambios):
    pregunta, respuesta, observaciones = fila
    return Fila(
        pregunta,
        respuesta,
        observaciones,
        form.campo_de(pregunta),
        notas.get(pregunta.pk, []),
        cambios.get(f"p:{pregunta.codigo}"),
    )


def _cambios_de_hojas(foto, cambios):
    """[(título, [(pieza o None si ya no está, su Diferencia)])] de lo que no son preguntas."""
    hojas = {}
    for clave, cambio in cambios.items():
        if not clave.startswith("p:"):
            hojas.setdefault(cambio.apartado, []).append((foto.get(clave), cambio))
    return list(hojas.items())
