"""Las formas de lo que responde la API. Los nombres de campo no cambian dentro de una versión."""

from datetime import date, datetime

from ninja import Field, Schema


class Falla(Schema):
    error: str = Field(description="Qué pasó, en palabras")


class Campo(Schema):
    campo: str
    mensaje: str


class FallaDeDatos(Falla):
    campos: list[Campo] = Field(description="Qué parámetro está mal y por qué")


class DeLaDpa(Schema):
    provincias: int
    cantones: int
    parroquias_rurales: int
    gad: int


class EncuentrosDeEstrategia(Schema):
    total: int
    por_tipo: dict[str, int]
    por_estado: dict[str, int]


class CifrasDeEstrategia(Schema):
    codigo: str
    nombre: str
    grupos: int = Field(description="Conformados, en marcha o cerrados")
    propuestos: int
    cancelados: int
    gad: dict[str, int] = Field(
        description="Miembros de hoy, por nivel; quien está en dos, uno. De la zona, los suyos"
    )
    gad_de_otra_zona: dict[str, int] = Field(
        description="Con una llave de zona, los de otra que están en esos mismos grupos"
    )
    encuentros: EncuentrosDeEstrategia
    traslados: int
    participantes_declarados: int


class Resumen(DeLaDpa):
    fecha: date = Field(description="A la que se mira la división político-administrativa")
    zonas: dict[str, DeLaDpa]
    grupos: int
    grupos_por_estado: dict[str, int]
    encuentros: int
    encuentros_por_estado: dict[str, int]
    evaluaciones: dict[str, int] = Field(description="Cuántas hay en cada estado")
    estrategias: list[CifrasDeEstrategia]


class Escalones(Schema):
    clave: str = Field(description="Zona, código de provincia o nivel; «todo» si no se parte")
    gad: int
    escalones: dict[str, int] = Field(description="Cuántos GAD alcanzaron cada escalón")
    base: dict[str, int] = Field(description="A cuántos les toca cada escalón")


class GadSalida(Schema):
    codigo: str = Field(description="2, 4 o 6 cifras de la DPA; lleva ceros a la izquierda")
    nombre: str
    nombre_oficial: str
    nivel: str
    zona: int
    provincia: str
    canton: str | None
    longitud: float | None
    latitud: float | None


class GadDetalle(GadSalida):
    escalones: list[str] = Field(description="Los que alcanzó, de los que se pueden leer")
    grupos: list[int] = Field(description="Claves de los grupos de que es miembro hoy")
    indicadores: dict[str, list[int]] = Field(description="Clave: [numerador, denominador]")


class GrupoSalida(Schema):
    id: int
    estrategia: str
    numero: int
    nombre: str
    estado: str
    zona: int
    codigo_sede: str | None
    provinciales: int
    municipales: int
    parroquiales: int


class GrupoDetalle(GrupoSalida):
    miembros: list[str] = Field(description="Códigos de los GAD que lo integran hoy")
    acuerdos: dict[str, int] = Field(description="Cuántos hay en cada estado")
    encuentros: dict[str, int] = Field(description="Cuántos hay en cada estado")


class EncuentroSalida(Schema):
    id: int
    estrategia: str
    fecha: date
    jornada: str
    tipo: str
    clase: str
    estado: str
    modalidad: str
    codigo_canton: str | None
    codigo_gad: str | None = Field(description="GAD con que se dialoga, en M1 y M2")
    grupos: list[int] = Field(description="Claves de los grupos que se pueden leer")
    provinciales: int = Field(description="GAD provinciales convocados")
    municipales: int
    parroquiales: int
    participantes_declarados: int | None


class EvaluacionSalida(Schema):
    id: int
    codigo_gad: str
    zona: int = Field(description="La del GAD: puede ser otra que la de la llave")
    pdot_desde: int
    pdot_hasta: int
    version: int
    aprobada: datetime | None = Field(description="Vacío si vino de papel")
    indicadores: dict[str, list[int]] = Field(description="Clave: [numerador, denominador]")


class IndicadorSalida(Schema):
    codigo: str
    nombre: str
    que_se_cuenta: str
    sobre_que: str
    numerador: int | None = Field(description="Vacío si la cifra se reserva")
    denominador: int | None
    nacional_numerador: int | None
    nacional_denominador: int | None


class DocumentoSalida(Schema):
    codigo: str
    numero: str
    clase: str
    titulo: str
    emitido: datetime
    sha256: str
    bytes: int


class PaginaDeGad(Schema):
    resultados: list[GadSalida]
    siguiente: str | None = Field(description="Póngalo en «despues» para seguir; vacío al final")


class PaginaDeGrupos(Schema):
    resultados: list[GrupoSalida]
    siguiente: int | None = Field(description="Póngalo en «despues» para seguir; vacío al final")


class PaginaDeEncuentros(Schema):
    resultados: list[EncuentroSalida]
    siguiente: int | None = Field(description="Póngalo en «despues» para seguir; vacío al final")


class PaginaDeEvaluaciones(Schema):
    resultados: list[EvaluacionSalida]
    siguiente: int | None = Field(description="Póngalo en «despues» para seguir; vacío al final")
