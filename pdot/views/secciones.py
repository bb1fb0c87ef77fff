"""El formulario de quien planifica: una sección por página, para un teléfono con poca señal."""

from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from territorios.jurisdiccion import Permiso, exige
from territorios.versiones import Conflicto
from territorios.views.conflictos import responder_conflicto
from territorios.views.errores import es_autoguardado

from ..acciones import NoProcede, RespuestasEnConflicto, guardar_listas, guardar_respuestas
from ..forms import ListasForm, SeccionForm
from ..llenado import Llenado
from ..models import Evaluacion, Respuesta
from .evaluaciones import migas_de

VISION = "vision"
LISTAS = ("elementos", "problemas")


@exige(Permiso.LLENAR_EVALUACION)
@require_http_methods(["GET", "POST"])
def seccion(request, pk, codigo):
    """Una sección del instrumento, o la última página: elementos de visión y problemas."""
    del_gad = Evaluacion.objects.del_gad_de(request.user).para_lista()
    evaluacion = get_object_or_404(del_gad.con_devolucion(), pk=pk)
    llenado = Llenado(evaluacion, para=request.user)
    if codigo == VISION:
        return _listas(request, llenado)
    parte = next((p for p in llenado.partes if p.seccion.codigo == codigo), None)
    if parte is None:
        raise Http404
    return _preguntas(request, llenado, parte)


def _preguntas(request, llenado, parte):
    evaluacion, codigo = llenado.evaluacion, parte.seccion.codigo
    form = SeccionForm(
        request.POST or None,
        preguntas=[pregunta for pregunta, _, _ in parte.filas],
        respuestas=llenado.respuestas,
        editables=llenado.editables,
    )
    if request.method == "GET":
        return _mostrar(request, llenado, codigo, form)
    if not form.is_valid():
        return _pagina(request, llenado, codigo, form, status=400)
    try:
        versiones = guardar_respuestas(evaluacion, form.cambios(), por=request.user)
    except NoProcede as motivo:
        return _conflicto(request, evaluacion, _todo_lo_tecleado(form), codigo, str(motivo))
    except RespuestasEnConflicto as conflicto:
        pares = _todo_lo_tecleado(form)
        versiones = {f"version_{c.pregunta.codigo}": r.version for r, c in conflicto.pares if r}
        return _repetir(request, llenado, codigo, form, pares, versiones)
    return _guardado(request, llenado, codigo, versiones)


def _mostrar(request, llenado, codigo, form):
    """El formulario, si está en manos del GAD; si no, la evaluación y por qué no se edita."""
    evaluacion = llenado.evaluacion
    if evaluacion.esta_en_manos_del_gad:
        return _pagina(request, llenado, codigo, form)
    estado = evaluacion.get_estado_display().lower()
    messages.info(request, f"La evaluación está {estado}: ahora no se edita.")
    return redirect(evaluacion)


def _listas(request, llenado):
    evaluacion = llenado.evaluacion
    iniciales = {
        "elementos": "\n".join(llenado.elementos),
        "problemas": "\n".join(llenado.problemas),
        "version": evaluacion.version,
    }
    form = ListasForm(request.POST or None, initial=iniciales)
    if request.method == "GET":
        return _mostrar(request, llenado, VISION, form)
    if not form.is_valid():
        return _pagina(request, llenado, VISION, form, status=400)
    try:
        guardada = guardar_listas(evaluacion, **form.cleaned_data, por=request.user)
    except NoProcede as motivo:
        return _conflicto(request, evaluacion, _listas_tecleadas(form), VISION, str(motivo))
    except Conflicto as conflicto:
        version = {"version": conflicto.actual.version}
        return _repetir(request, llenado, VISION, form, _listas_tecleadas(form), version)
    return _guardado(request, llenado, VISION, {"": guardada.version})


def _listas_tecleadas(form):
    """(lista, lo guardado, lo tecleado) de las que difieren."""
    pares = [(form[n].label, form.initial[n], form.data.get(n, "")) for n in LISTAS]
    return [par for par in pares if par[1] != par[2].replace("\r\n", "\n")]


def _repetir(request, llenado, codigo, form, pares, versiones):
    """409: el formulario vuelve con lo tecleado, lo guardado al lado y la versión de ahora.

    Nada se guardó. Quien escribe ve los dos textos, deja el que vale y guarda otra vez.
    """
    if es_autoguardado(request):
        error = "Otra persona cambió esto: pulse «Guardar borrador» para ver los dos textos."
        return JsonResponse({"error": error}, status=409)
    form.data = form.data.copy()
    form.data.update(versiones)
    return _pagina(request, llenado, codigo, form, status=409, conflictos=pares)


def _pagina(request, llenado, codigo, form, status=200, conflictos=()):
    if status == 400 and es_autoguardado(request):
        errores = [str(error) for campo in form.errors.values() for error in campo]
        return JsonResponse({"error": " ".join(errores)}, status=400)
    titulo = dict(_paginas(llenado))[codigo]
    contexto = {
        "lugar": "pdot",
        "migas": migas_de(llenado.evaluacion, (titulo, None)),
        "evaluacion": llenado.evaluacion,
        "llenado": llenado,
        "codigo": codigo,
        "titulo": titulo,
        "parte": next((p for p in llenado.partes if p.seccion.codigo == codigo), None),
        "form": form,
        "filas": _con_observaciones(form, llenado) if codigo != VISION else [],
        "siguiente": _siguiente(llenado, codigo),
        "conflictos": conflictos,
    }
    return render(request, "pdot/seccion.html", contexto, status=status)


def _con_observaciones(form, llenado):
    for fila in form.filas():
        todas = llenado.observaciones.get(fila["pregunta"].pk, [])
        yield fila | {"observaciones": [o for o in todas if not o.atendida]}


def _paginas(llenado):
    """(código, título) de cada página del formulario, en orden."""
    partes = [(parte.seccion.codigo, parte.seccion.titulo) for parte in llenado.partes]
    return [*partes, (VISION, "Nueva visión y problemas")]


def _siguiente(llenado, codigo):
    """La página que sigue; al corregir lo devuelto, solo las que tienen algo observado."""
    codigos = [una for una, _ in _paginas(llenado)]
    quedan = codigos[codigos.index(codigo) + 1 :]
    if llenado.editables is not None:
        observadas = {p.seccion.codigo for p in llenado.partes if p.observadas}
        quedan = [una for una in quedan if una in observadas]
    return quedan[0] if quedan else None


def _guardado(request, llenado, codigo, versiones):
    evaluacion = llenado.evaluacion
    if es_autoguardado(request):
        ahora = Llenado(evaluacion, para=request.user)
        return JsonResponse(
            {
                "hora": f"{timezone.localtime():%H:%M}",
                "versiones": versiones,
                "avance": f"{ahora.respondidas} de {ahora.total}",
            }
        )
    messages.success(request, f"Se guardó el borrador de {evaluacion.gad.nombre}.")
    siguiente = codigo if "quedarse" in request.POST else _siguiente(llenado, codigo)
    return redirect("pdot:seccion", evaluacion.pk, siguiente) if siguiente else redirect(evaluacion)


def _conflicto(request, evaluacion, pares, codigo, motivo):
    """409 que ya no se puede guardar: el motivo, y lo tecleado al lado de lo guardado."""
    if es_autoguardado(request):
        return JsonResponse({"error": motivo}, status=409)
    volver = reverse("pdot:seccion", args=[evaluacion.pk, codigo])
    if not evaluacion.esta_en_manos_del_gad:
        volver = evaluacion.get_absolute_url()
    return responder_conflicto(request, evaluacion, pares, volver, motivo)


def _todo_lo_tecleado(form):
    """(pregunta, lo guardado, lo tecleado) de lo que difiere, aunque esté bloqueado."""
    pares = [(form.respuestas.get(c.pregunta.pk), c) for c in form.cambios()]
    return [par for par in _pares_legibles(pares) if par[1] != par[2]]


def _pares_legibles(pares):
    """Cada par como (pregunta, lo guardado, lo tecleado), con SÍ / PARCIAL / NO delante."""
    return [
        (
            str(cambio.pregunta),
            _legible(respuesta.valor, respuesta.texto) if respuesta else "",
            _legible(cambio.valor, cambio.texto),
        )
        for respuesta, cambio in pares
    ]


def _legible(valor, texto):
    palabra = dict(Respuesta.Valor.choices).get(valor, "")
    return f"{palabra}. {texto}" if palabra and texto else palabra or texto
