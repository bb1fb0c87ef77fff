"""Leer una hoja de asistencia pegada desde Excel o guardada como XLSX o CSV.

Los encabezados van en cualquier orden y con sus nombres de siempre. Nada se escribe aquí: se da
qué se registraría, qué fila tiene qué error y a quién se parece cada quien.
"""

from dataclasses import dataclass, field
from uuid import uuid5

from django.core.exceptions import ValidationError

from territorios.importaciones.hojas import leer_tabla, llano
from territorios.importaciones.previa import Archivo
from territorios.lectura import CargaRechazada
from territorios.texto import cuantos

from .duplicados import Nomina
from .models import Participante
from .procedencia import Procedencias, SinReconocer
from .registro import preparar

TOPE_DE_FILAS = 500
PEGADO = "lo pegado"
COLUMNAS = {
    "nombre": [
        *("nombres y apellidos", "apellidos y nombres", "nombre y apellido", "nombre completo"),
        *("nombre y apellidos", "apellido y nombre", "participante", "asistente"),
    ],
    "nombres": ["primer nombre", "nombre s"],
    "apellidos": ["apellido"],
    "cargo": ["función", "puesto", "dignidad", "cargo o función"],
    "gad": [
        *("institución", "entidad", "organización", "gad o entidad", "gad / entidad"),
        *(
            "gad o institución",
            "institución / gad",
            "entidad o gad",
            "gad o entidad que representa",
        ),
        *("institución u organización", "de dónde viene", "representa a"),
    ],
    "nivel": ["nivel de gobierno", "nivel gad"],
    "sexo": ["género", "sexo (m/h)", "sexo (h/m)", "sexo m/f", "sexo f/m"],
    "correo": ["correo electrónico", "email", "e-mail", "mail", "correo e"],
    "telefono": ["celular", "teléfono celular", "móvil", "teléfono / celular", "contacto"],
}
ESPERADAS = "«nombre», «GAD o entidad» y «sexo»; si quiere, «cargo», «nivel», «correo», «teléfono»."
NIVELES = {
    **{llano(nivel.label): nivel for nivel in Participante.Nivel},
    **{nivel.value: nivel for nivel in Participante.Nivel},
    **dict.fromkeys(("prefectura", "provincia"), Participante.Nivel.PROVINCIAL),
    **dict.fromkeys(("cantonal", "canton", "municipio"), Participante.Nivel.MUNICIPAL),
    **dict.fromkeys(("parroquia", "parroquial_rural", "junta"), Participante.Nivel.PARROQUIAL),
    **dict.fromkeys(("gobierno_central", "central", "ejecutivo"), Participante.Nivel.NACIONAL),
    **dict.fromkeys(("sociedad_civil", "academia", "ciudadania"), Participante.Nivel.SOCIEDAD),
    **dict.fromkeys(("otra", "otros"), Participante.Nivel.OTRO),
}
SEXOS = {
    **dict.fromkeys(("mujer", "femenino", "f", "fem", "femenina"), Participante.Sexo.MUJER),
    **dict.fromkeys(("hombre", "masculino", "h", "masc", "masculina"), Participante.Sexo.HOMBRE),
    **dict.fromkeys(("no_lo_dice", "sin_dato", "nd", "n_d", "x"), Participante.Sexo.SIN_DATO),
    **dict.fromkeys(("otro", "otra", "lgbti"), Participante.Sexo.SIN_DATO),
}


@dataclass
class Fila:
    """Una persona de la hoja, sin guardar. `parecidos`: a quién se parece, de la nómina o la hoja.

    `orden`: su puesto en lo leído, desde 0; `numero`: la fila en que está, para reconocerla.
    """

    orden: int
    numero: str
    datos: dict
    participante: Participante
    parecidos: list = field(default_factory=list)


@dataclass
class Planilla:
    """Lo que se leyó. Con `errores` no se registra a nadie."""

    filas: list = field(default_factory=list)
    errores: list = field(default_factory=list)

    @property
    def con_parecidos(self):
        return [fila for fila in self.filas if fila.parecidos]


def de_texto(texto):
    """Lo pegado, como archivo. Lanza CargaRechazada."""
    return Archivo(PEGADO, texto.replace("\0", "").strip("\r\n").encode("utf-8", "replace"))


def leer_planilla(archivo, encuentro, *, consentimiento, lote):
    """Planilla con todas las filas revisadas. Lanza CargaRechazada si no hay tabla que leer.

    `consentimiento`: {campo: valor} de lo que las personas firmaron. `lote`: UUID del envío; cada
    fila lleva una clave propia y, confirmada dos veces, no se repite.
    """
    registros = leer_tabla(archivo, COLUMNAS, _es_cabecera, ESPERADAS)
    if len(registros) > TOPE_DE_FILAS:
        motivo = (
            f"trae {cuantos(len(registros), 'persona', 'personas')} y el tope es {TOPE_DE_FILAS}: "
            "divida la hoja y regístrela por partes."
        )
        raise CargaRechazada(archivo.nombre, motivo)
    convocados = encuentro.convocados.values_list("gad", flat=True)
    lector = _Lector(encuentro, Procedencias(convocados), _sexos_de(registros), consentimiento)
    planilla = Planilla()
    for orden, registro in enumerate(registros):
        try:
            planilla.filas.append(lector.fila(registro, orden, uuid5(lote, str(orden))))
        except CargaRechazada as rechazo:
            planilla.errores.append(str(rechazo))
    _senalar_parecidos(planilla, encuentro)
    return planilla


def como_texto(archivo):
    """La misma tabla como texto con tabuladores, para llevarla de la vista previa a confirmar."""
    registros = leer_tabla(archivo, COLUMNAS, _es_cabecera, ESPERADAS)
    columnas = [c for c in COLUMNAS if any(c in registro.datos for registro in registros)]
    lineas = ["\t".join(columnas)]
    for registro in registros:
        celdas = [" ".join(registro.datos.get(columna, "").split()) for columna in columnas]
        lineas.append("\t".join(celda.replace('"', "'") for celda in celdas))
    return "\n".join(lineas)


def _es_cabecera(nombres):
    tiene_nombre = "nombre" in nombres or "nombres" in nombres
    return tiene_nombre and "sexo" in nombres and bool(nombres & {"gad", "nivel"})


def _sexos_de(registros):
    """Qué quiere decir «M» en esta hoja: mujer si alguien puso «H»; masculino si alguien puso «F».

    Con las dos letras, o con ninguna, no se puede saber y no se adivina.
    """
    letras = {llano(registro.datos.get("sexo", ""))[:1] for registro in registros}
    if "h" in letras and "f" not in letras:
        return SEXOS | {"m": Participante.Sexo.MUJER}
    if "f" in letras and "h" not in letras:
        return SEXOS | {"m": Participante.Sexo.HOMBRE}
    return SEXOS


@dataclass(frozen=True)
class _Lector:
    """Convierte cada registro en una Fila, o lo rechaza diciendo hoja, fila, columna y valor."""

    encuentro: object
    procedencias: Procedencias
    sexos: dict
    consentimiento: dict

    def fila(self, registro, orden, clave):
        datos = {
            "nombre": self._nombre(registro),
            "cargo": registro.texto("cargo", obligatorio=False),
            "sexo": self._sexo(registro),
            "correo": registro.texto("correo", obligatorio=False),
            "telefono": registro.texto("telefono", obligatorio=False),
            **self._procedencia(registro),
            **self.consentimiento,
            "clave_envio": clave,
        }
        via = Participante.Via.IMPORTADO
        try:
            participante = preparar(self.encuentro, datos, via=via, clave_envio=clave)
        except ValidationError as error:
            raise self._rechazo(registro, error) from None
        return Fila(orden, str(registro.numero), datos, participante)

    def _nombre(self, registro):
        columna = "nombre" if "nombre" in registro.datos else "nombres"
        entero = registro.texto(columna), registro.texto("apellidos", obligatorio=False)
        return " ".join(" ".join(entero).split())

    def _sexo(self, registro):
        escrito = llano(registro.texto("sexo"))
        if escrito == "m" and "m" not in self.sexos:
            motivo = "puede ser mujer o masculino: escriba «mujer» u «hombre»."
            raise registro.rechazo("sexo", motivo)
        if escrito not in self.sexos:
            raise registro.rechazo("sexo", "escriba «mujer», «hombre» o «no lo dice».")
        return self.sexos[escrito]

    def _procedencia(self, registro):
        escrito = " ".join(registro.texto("gad", obligatorio=False).split())
        try:
            gad = self.procedencias.gad(escrito) if escrito else None
        except SinReconocer as error:
            raise registro.rechazo("gad", str(error)) from None
        if gad:
            return {"gad": gad, "organizacion": ""}
        nivel = self._nivel(registro, escrito)
        return {"gad": None, "organizacion": escrito, "nivel": nivel}

    def _nivel(self, registro, escrito):
        dicho = llano(registro.texto("nivel", obligatorio=False))
        if dicho in NIVELES:
            return NIVELES[dicho]
        if dicho:
            niveles = ", ".join(f"«{nivel.label}»" for nivel in Participante.Nivel)
            raise registro.rechazo("nivel", f"escriba uno de estos: {niveles}.")
        nivel = self.procedencias.nivel_de_entidad(escrito)
        if nivel is None:
            columna = "gad" if "gad" in registro.datos else "nivel"
            motivo = "no es un GAD conocido: escriba también su nivel en la columna «nivel»."
            raise registro.rechazo(columna, motivo)
        return nivel

    def _rechazo(self, registro, error):
        campo, mensajes = next(iter(error.message_dict.items()))
        columna = campo if campo in registro.datos else None
        if columna:
            return registro.rechazo(columna, " ".join(mensajes))
        return CargaRechazada(registro.archivo, " ".join(mensajes), fila=registro.numero)


def _senalar_parecidos(planilla, encuentro):
    """Anota en cada fila a quién se parece: de los ya registrados o de las filas anteriores."""
    claves = {fila.participante.clave_envio for fila in planilla.filas}
    nomina = Nomina()
    for participante in encuentro.participantes.con_nombre().para_nomina():
        # Lo que ya entró con este mismo envío no es un parecido: es la misma fila.
        if participante.clave_envio not in claves:
            nomina.agregar(participante.nombre, participante)
    for fila in planilla.filas:
        fila.parecidos = nomina.parecidos(fila.participante.nombre)
        nomina.agregar(fila.participante.nombre, fila.participante)


def por_registrar(planilla, otras_personas):
    """(datos de las filas que se registran, filas que no).

    No van las que se parecen a alguien, salvo aquellas cuyo `orden` está en `otras_personas`.
    """
    van, fuera = [], []
    for fila in planilla.filas:
        es_otra = fila.orden in otras_personas
        if fila.parecidos and not es_otra:
            fuera.append(fila)
        else:
            van.append(fila.datos | {"es_otra_persona": bool(fila.parecidos)})
    return van, fuera
