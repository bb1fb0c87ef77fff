"""El formulario de quien planifica: una página a la vez, para un teléfono con poca señal."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods

from territorios.jurisdiccion import Permiso, exige
from territorios.versiones import Conflicto

from ..acciones import NoProcede, RespuestasEnConflicto, guardar_listas, guardar_respuestas
from ..forms import ListasForm, SeccionForm
from ..fotos import con_fotos
from ..llenado import Llenado
from ..models import Evaluacion, Respuesta, Seccion
from ..planes_superiores import plan_que_nombra, planes_de_su_territorio
from . import hojas
from .paginas_de_llenado import guardado, mostrar, pagina, repetir, ya_no_se_guarda
from .sin_perder import de_otra_version, sin_perder

LISTAS = ("elementos", "problemas")


@exige(Permiso.ESCRIBIR_EVALUACION)
@require_http_methods(["GET", "POST"])
@sin_perder
def seccion(request, pk, codigo):
    """Una página del instrumento: preguntas o una de las hojas con forma propia."""
    llenables = Evaluacion.objects.llenables_por(request.user).con_superiores()
    evaluacion = get_object_or_404(con_fotos(llenables.con_devolucion()), pk=pk)
    llenado = Llenado(evaluacion, para=request.user)
    parte = next((p for p in llenado.partes if p.codigo == codigo), None)
    if parte is None:
        raise Http404
    if ajeno := de_otra_version(request, parte):
        return ajeno
    return PAGINAS[parte.clase](request, llenado, parte)


def _preguntas(request, llenado, parte):
    form = SeccionForm(request.POST or None, preguntas=parte.preguntas, llenado=llenado)
    planes = _planes_que_nombra(parte, llenado.evaluacion.gad, request.user)
    mas = {"filas": _filas(form, llenado, planes), "planes": list(planes.values())}
    if request.method == "GET":
        return mostrar(request, llenado, parte, form, **mas)
    if not form.is_valid():
        return pagina(request, llenado, parte, form, status=400, **mas)
    try:
        versiones = guardar_respuestas(llenado.evaluacion, form.cambios(), por=request.user)
    except NoProcede as motivo:
        return ya_no_se_guarda(request, llenado, parte, _todo_lo_tecleado(form), str(motivo))
    except RespuestasEnConflicto as conflicto:
        pares = _todo_lo_tecleado(form)
        versiones = {f"version_{c.pregunta.codigo}": r.version for r, c in conflicto.pares if r}
        return repetir(request, llenado, parte, form, pares, versiones, **mas)
    return guardado(request, llenado, parte, versiones)


def _planes_que_nombra(parte, gad, usuario):
    """{código de pregunta: PlanSuperior} de las que comparan con el plan de otro nivel."""
    nombrados = {p.codigo: plan_que_nombra(p, gad) for p in parte.preguntas}
    if not any(nombrados.values()):
        return {}
    planes = planes_de_su_territorio(gad, usuario)
    return {codigo: planes[gad] for codigo, gad in nombrados.items() if gad in planes}


def _filas(form, llenado, planes):
    """Los campos de cada pregunta, con sus observaciones por atender y el plan que nombra."""
    for fila in form.filas():
        todas = llenado.observaciones.get(fila["pregunta"].pk, [])
        por_atender = [o for o in todas if not o.atendida]
        plan = planes.get(fila["pregunta"].codigo)
        yield fila | {"observaciones": por_atender, "plan": plan}


def _todo_lo_tecleado(form):
    """(pregunta, lo guardado, lo tecleado) de lo que difiere, aunque esté bloqueado."""
    pares = [(form.llenado.respuestas.get(c.pregunta.pk), c) for c in form.cambios()]
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


def _vision(request, llenado, parte):
    evaluacion = llenado.evaluacion
    iniciales = {
        "elementos": "\n".join(llenado.elementos),
        "problemas": "\n".join(llenado.problemas),
        "version": evaluacion.version,
    }
    form = ListasForm(request.POST or None, initial=iniciales)
    if request.method == "GET":
        planes = planes_de_su_territorio(evaluacion.gad, request.user)
        return mostrar(request, llenado, parte, form, planes=list(planes.values()))
    if not form.is_valid():
        return pagina(request, llenado, parte, form, status=400)
    try:
        guardada = guardar_listas(evaluacion, **form.cleaned_data, por=request.user)
    except NoProcede as motivo:
        return ya_no_se_guarda(request, llenado, parte, _listas_tecleadas(form), str(motivo))
    except Conflicto as conflicto:
        version = {"version": conflicto.actual.version}
        return repetir(request, llenado, parte, form, _listas_tecleadas(form), version)
    return guardado(request, llenado, parte, {"": guardada.version})


def _listas_tecleadas(form):
    """(lista, lo guardado, lo tecleado) de las que difieren."""
    pares = [(form[n].label, form.initial[n], form.data.get(n, "")) for n in LISTAS]
    return [par for par in pares if par[1] != par[2].replace("\r\n", "\n")]


PAGINAS = {
    Seccion.Clase.PREGUNTAS: _preguntas,
    Seccion.Clase.VINCULOS: hojas.vinculos,
    Seccion.Clase.INFORMACION: hojas.informacion,
    Seccion.Clase.VISION: _vision,
}
